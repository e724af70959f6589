# SPDX-License-Identifier: Apache-2.0
# One image for all roles; the compose file names the command. Pin the base by digest when you deploy.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE cli.py oplog.py ./
COPY intake intake
COPY envelope envelope
COPY storage storage
COPY bot bot
COPY api api
COPY simulator simulator
COPY translations translations
RUN python -m venv /opt/amparo \
 && /opt/amparo/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /opt/amparo/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 amparo \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin amparo \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/amparo
COPY --from=build /opt/amparo /opt/amparo
ENV PATH=/opt/amparo/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 AMPARO_HOME=/var/lib/amparo
USER 10001:10001
WORKDIR /var/lib/amparo
ENTRYPOINT ["amparo"]
CMD ["--help"]
