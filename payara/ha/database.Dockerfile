# A member of the database: PostgreSQL under Patroni.
FROM debian:13-slim
RUN apt-get update && apt-get install -y --no-install-recommends patroni python3-etcd postgresql && rm -rf /var/lib/apt/lists/*
RUN ln -s /usr/lib/postgresql/*/bin /programs && install -d -o postgres /data
COPY --chmod=755 patroni.yml create-database /member/
RUN chown postgres /member
ENV PATH=/programs:$PATH PATRONI_POSTGRESQL_BIN_DIR=/programs PATRONI_POSTGRESQL_DATA_DIR=/data/postgresql
WORKDIR /member
USER postgres
CMD ["patroni", "patroni.yml"]
