# midwatch in a container: docker build -t midwatch . &&
#   docker run -v "$PWD/midwatch.yaml:/etc/midwatch/midwatch.yaml:ro" -v midwatch:/var/lib/midwatch \
#     -p 8686:8686 midwatch          (with `web: { listen: 0.0.0.0:8686 }` in the file)
# As a sidecar, give it the address of a Redis (`store: { url: … }`) or let it run its own.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY tests/tools/deps.sh tests/tools/deps.sh
RUN tests/tools/deps.sh run
COPY . .
RUN make clean && make -j"$(nproc)" && strip build/midwatch

FROM debian:bookworm-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates tzdata redis-server libuv1 libcurl4 libhiredis0.14 libyaml-0-2 libjansson4 \
      libpcre2-8-0 libc-ares2 libssl3 \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o 65532 -g 65532 -m 700 /var/lib/midwatch
COPY --from=build /src/build/midwatch /usr/local/bin/midwatch
COPY conf/midwatch.yaml /etc/midwatch/midwatch.yaml.example
USER 65532:65532
WORKDIR /var/lib/midwatch
VOLUME /var/lib/midwatch
EXPOSE 8686
STOPSIGNAL SIGTERM
# Healthy as long as the daemon answers. What it watches being down (status 1) is not its illness.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD midwatch status >/dev/null 2>&1 || [ $? -eq 1 ]
ENTRYPOINT ["midwatch"]
CMD ["run", "-c", "/etc/midwatch/midwatch.yaml"]
