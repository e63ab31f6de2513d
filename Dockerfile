# The workspace image: slot, its hooks and what the apps are built with. The
# user is coder (1000); the home folder is a volume, so nothing that must stay
# lies in it. docs/image.md says how to build, extend and test it.
#
#   docker build -t slot-workspace .
#
# Every version that is not Debian's own is an argument.

ARG BASE=docker.io/library/debian:trixie-slim

# ── slot ─────────────────────────────────────────────────────────────────────
FROM ${BASE} AS slot
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates git golang-go \
 && apt-get clean && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Modules first: they change less often than the code. Debian's Go fetches the
# toolchain that go.mod names.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/root/go/pkg/mod go mod download
COPY . .
ARG TARGETOS=linux
ARG TARGETARCH
RUN --mount=type=cache,target=/root/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} go build -trimpath -ldflags "-s -w" -o /out/bin/ ./cmd/slot ./cmd/slot-coder

# ── Node.js: Debian's is older than the LTS ──────────────────────────────────
FROM ${BASE} AS node
ARG NODE_VERSION=22.23.3
ARG NPM_VERSION=11.21.2
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates nodejs npm \
 && rm -rf /var/lib/apt/lists/*
RUN npm install --global --prefix /opt/node --no-audit --no-fund --loglevel=error "node@${NODE_VERSION}" "npm@${NPM_VERSION}" \
 && rm -rf /root/.npm /opt/node/lib/node_modules/node/node_modules/*/include

# ── pgAdmin, in an environment of its own ────────────────────────────────────
FROM ${BASE} AS pgadmin
ARG PGADMIN_VERSION=9.18
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/pgadmin \
 && /opt/pgadmin/bin/pip install --no-cache-dir --no-compile --quiet "pgadmin4==${PGADMIN_VERSION}" gunicorn \
 && find /opt/pgadmin -depth -type d \( -name tests -o -name discovery_cache \) -exec rm -rf {} +

# ── the workspace ────────────────────────────────────────────────────────────
FROM ${BASE}
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      bash-completion ca-certificates curl git git-lfs golang-go less nano openssh-client postgresql procps \
      python3 python3-pip python3-venv tzdata unzip xz-utils \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/lib/postgresql /etc/postgresql \
 && useradd --create-home --uid 1000 --shell /bin/bash coder

COPY --from=node /opt/node /opt/node
COPY --from=pgadmin /opt/pgadmin /opt/pgadmin
COPY --from=slot /out/bin/ /usr/local/bin/
COPY completions/slot.bash /usr/share/bash-completion/completions/slot
COPY completions/_slot /usr/local/share/zsh/site-functions/_slot
COPY completions/slot.fish /usr/share/fish/vendor_completions.d/slot.fish
COPY coder/startup.sh /usr/local/bin/slot-startup

ENV PATH=/opt/node/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin \
    LANG=C.UTF-8
USER coder
WORKDIR /home/coder

ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="slot workspace" \
      org.opencontainers.image.description="Five slots for small web apps, in a Coder workspace or alone" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"

# slot status ends with code 3 where the daemon does not answer.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["slot", "status", "--json"]
CMD ["slot-startup", "--foreground"]
