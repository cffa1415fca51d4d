# The images of docker-compose.yml. Debian testing has the Asterisk that Carillon needs.
FROM debian:forky-slim AS asterisk
RUN apt-get update \
  && apt-get install -y --no-install-recommends asterisk asterisk-core-sounds-en-wav \
  && rm -rf /var/lib/apt/lists/*
ENV ETC=/var/lib/carillon/etc VAR=/var/lib/carillon
RUN install -d -o asterisk -g asterisk "$VAR"
COPY asterisk /carillon/asterisk
COPY dialplan /carillon/dialplan
USER asterisk
ENTRYPOINT ["/carillon/asterisk/entrypoint.sh"]

# Python runs Piper; apt and the cache volume serve the speech engines, which Carillon fetches by itself.
FROM node:24-trixie-slim AS carillon
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /carillon
COPY package.json package-lock.json .npmrc ./
RUN ONNXRUNTIME_NODE_INSTALL=skip npm ci --omit=dev --no-audit --no-fund
COPY . .
RUN install -d -o node -g node /data /home/node/.cache
USER node
CMD ["node_modules/.bin/node", "scripts/start.ts"]
