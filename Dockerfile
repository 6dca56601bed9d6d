# Three stages: what runs is Node, the compiled gateway and its production dependencies; no compiler, no tests, no npm cache.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json bundle.mjs ./
COPY adapters adapters
COPY strategies strategies
COPY src src
COPY test/contract test/contract
RUN npm run build

FROM node:24-slim
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="Portolan" \
      org.opencontainers.image.description="A registry-agnostic service gateway" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
# For the snapshot of the registry. A volume that is mounted here for the first time takes its owner from it.
RUN install -d -o node -g node /var/lib/portolan
USER node
EXPOSE 8080 9080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "/app/dist/src/cli/main.js", "healthcheck", "/etc/portolan/gateway.yaml"]
# Node itself, not npm: npm does not hand SIGTERM on, and the gateway would be killed instead of drained.
ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["run", "/etc/portolan/gateway.yaml"]
