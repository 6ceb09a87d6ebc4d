"""Draws the silent clip, the captions and the thumbnail of each tutorial from its transcript.

`python -m docs.clips.render [slug…]`, from the top of the repository. Needs Pillow, ffmpeg with libvpx-vp9, and the
fonts of fonts-noto-core or fonts-dejavu-core. The same transcript gives the same captions.
"""

import argparse
import sys
from pathlib import Path

from docs.clips.cards import cards_of, frames, title_card
from docs.clips.encode import encode, write_thumbnail
from docs.clips.transcript import Tutorial, read_tutorial, webvtt

CONTENT = Path("content")
RATE = 8
QUALITY = 44
CLIP_BYTES, THUMBNAIL_BYTES = 300_000, 30_000


def main() -> int:
    """Render the tutorials named on the command line, or all; 1 where a file is larger than a phone should load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slugs", nargs="*", help="tutorials to render; all when none is named")
    parser.add_argument("--content", type=Path, default=CONTENT, help="the content folder (default: content)")
    parser.add_argument("--captions-only", action="store_true", help="write the .vtt files and nothing else")
    options = parser.parse_args()
    folder = options.content / "tutorials"
    paths = [folder / f"{slug}.md" for slug in options.slugs] or sorted(folder.glob("*.md"))
    sizes = [render(read_tutorial(path), options.content / "media", video=not options.captions_only) for path in paths]
    return 0 if all(sizes) else 1


def render(tutorial: Tutorial, media: Path, *, video: bool) -> bool:
    """Write the files of one tutorial below `media`; whether they are small enough."""
    for name in (tutorial.captions, tutorial.video, tutorial.thumbnail):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
    (media / tutorial.captions).write_text(webvtt(tutorial), encoding="utf-8")
    if not video:
        return True
    write_thumbnail(title_card(tutorial, cards_of(tutorial)), media / tutorial.thumbnail)
    starts = [0.0, *(step.start for step in tutorial.steps)]
    encode(frames(tutorial, rate=RATE), media / tutorial.video, rate=RATE, quality=QUALITY, keyframes_at=starts)
    clip, thumbnail = ((media / name).stat().st_size for name in (tutorial.video, tutorial.thumbnail))
    sys.stdout.write(f"{tutorial.slug}: {tutorial.duration} s, clip {clip:,} bytes, thumbnail {thumbnail:,} bytes\n")
    return clip <= CLIP_BYTES and thumbnail <= THUMBNAIL_BYTES


if __name__ == "__main__":
    sys.exit(main())
