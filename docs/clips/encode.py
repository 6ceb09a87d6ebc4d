"""Turns frames into a small VP9 WebM with ffmpeg, and a picture into a small WebP."""

import io
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image


def encode(
    frames: Iterable[Image.Image], target: Path, *, rate: int, quality: int, keyframes_at: Sequence[float]
) -> None:
    """Write a silent clip: `rate` frames a second, constant `quality` (VP9 crf, 0 to 63), key frames at those seconds.

    One thread at low priority; bit-exact flags, so that the same frames give the same file with the same ffmpeg.
    """
    width, height = 640, 360
    command = ["nice", "-n", "15", "ffmpeg", "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(rate), "-i", "-"]
    command += ["-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-crf", str(quality), "-b:v", "0"]
    command += ["-deadline", "good", "-cpu-used", "3", "-threads", "1", "-row-mt", "0", "-g", "9999"]
    command += ["-lag-in-frames", "25", "-auto-alt-ref", "1", "-tune-content", "screen"]
    command += ["-force_key_frames", ",".join(f"{second:.3f}" for second in keyframes_at)]
    command += ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        last: Image.Image | None = None
        data = b""
        for frame in frames:
            if frame is not last:
                last, data = frame, frame.tobytes()
            process.stdin.write(data)
        process.stdin.close()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def write_thumbnail(image: Image.Image, target: Path) -> None:
    """Write the picture as WebP."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=82, method=6)
    target.write_bytes(buffer.getvalue())
