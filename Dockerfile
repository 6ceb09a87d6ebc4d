# Two stages: what builds is not in what runs. Neither has a secret; settings are environment variables.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/kb
# The lock first: its layer stays while the code changes. It holds what runs, with the extras that compose.yaml wants.
COPY requirements-run.lock ./
RUN /opt/kb/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-run.lock
COPY pyproject.toml README.md server.py ./
COPY kb kb
COPY search search
COPY schema schema
COPY web web
RUN /opt/kb/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 kb && useradd --uid 10001 --gid kb --no-create-home --shell /usr/sbin/nologin kb \
    && install -d -m 0700 -o kb -g kb /var/lib/kb
COPY --from=build /opt/kb /opt/kb
COPY content /srv/kb/content
WORKDIR /srv/kb
USER kb
ENV PATH=/opt/kb/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 KB_HOST=0.0.0.0 KB_PORT=8000 KB_LOG=json KB_ENV=production \
    KB_CONTENT=/srv/kb/content KB_VAR=/var/lib/kb KB_SEARCH_URL=whoosh:////var/lib/kb/index \
    KB_DATABASE_URL=sqlite:////var/lib/kb/kb.db
VOLUME /var/lib/kb
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["kb", "serve"]
