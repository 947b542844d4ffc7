# Demeter on Payara Micro, started by the same script as everywhere else. See the README, "Deploy".

FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml ./
COPY src src
# The cache keeps what Maven downloads from one build to the next. Tests run before an image is built, not in it.
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -Dmaven.test.skip=true package

FROM eclipse-temurin:17.0.15_6-jre
ENV DEMETER_HOME=/opt/demeter
WORKDIR $DEMETER_HOME
# What changes least comes first. All of it belongs to root and is only read: the server works in /tmp, which is all
# that a read-only container needs to mount, and what one has left there the next start removes.
COPY --from=build /build/target/payara-micro.jar /build/target/postgresql.jar ./
COPY server-config/environment.sh server-config/network.security server-config/
COPY server-config/payara-micro server-config/payara-micro
COPY --from=build /build/target/demeter-connection.jar /build/target/demeter.war ./
# With the JVM that will run it: the archive of classes fits no other.
RUN sh server-config/payara-micro/prepare.sh

# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 8080

# Liveness: by readiness every instance would be restarted while the database is away, which helps nobody. By bash
# alone: the image need not have curl, and a JVM for each probe would cost more than the answer.
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/localhost/${HTTP_PORT:-8080} && printf 'GET /health/live HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

# The script ends in exec: SIGTERM reaches the JVM itself.
ENTRYPOINT ["sh", "server-config/payara-micro/start.sh"]
