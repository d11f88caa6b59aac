# One image for the portal, the workers, the ticker and the migrations; compose.yaml says which.
FROM python:3.11-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
# The user that runs it may not write there: each start would compile every module anew.
ENV UV_COMPILE_BYTECODE=1
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --locked --no-default-groups --no-install-project
COPY fmotm fmotm
COPY portal portal
COPY registry registry
COPY worker worker
RUN uv sync --locked --no-default-groups --no-editable

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 fmotm && install -d -o fmotm /photos
COPY --from=build /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
USER fmotm
EXPOSE 8000
CMD ["gunicorn", "--config", "python:portal.gunicorn_conf", "portal.wsgi:app"]
