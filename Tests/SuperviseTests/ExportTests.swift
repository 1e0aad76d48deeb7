import Glibc
import TestSupport
import Testing

/// What `supervise export` writes, read by those it is written for.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ExportTests {
  private static let files = [
    "Procfile": """
    #: ready=tcp:$PORT reload=none limit.nofile=1024:4096
    redis: sleep 1000
    #: restart=never
    migrate: sh -c 'echo 100% of $HOME' && true
    #: after=redis,migrate ready=fd stop=INT:90s limit.mem=512M watchdog=30s user=1000
    worker: sh ./run --queue "a b" --port $PORT
    #: after=redis success=0,7 umask=027
    beat: sleep 1001
    """,
    ".env": "REDIS_URL=redis://localhost\nSECRET='pa\"ss $word'\nPORT=7000\n",
    ".env.prod": "REDIS_URL=redis://prod",
    "run": "#!/bin/sh\n",
  ]

  private func export(_ arguments: String...) throws -> Supervised {
    let run = try Supervised(Self.files)
    try run.start(["export"] + arguments + ["--app", "shop"])
    #expect(try run.end() == 0)
    return run
  }

  @Test func `units say what the Procfile says`() throws {
    let run = try export("systemd", "out", "-c", "worker=2")

    let worker = run.text(of: "out/shop-worker@.service")
    #expect(worker.has("After=network.target shop-redis.service shop-migrate.service\n"))
    #expect(worker.has("Type=notify\nNotifyAccess=all\n"))
    #expect(worker.has("WorkingDirectory=\(run.folder)\n"))
    #expect(worker.has("EnvironmentFile=-/etc/shop/shop.env\n"))
    #expect(worker.has("Environment=PORT_REDIS=7000\n"))
    #expect(worker.has("Environment=PORT=%i PS=worker.%i\n"))
    #expect(worker.has(#" ./run --queue "a b" --port ${PORT}"# + "\n"))
    #expect(worker.has("KillMode=mixed\nKillSignal=SIGINT\nTimeoutStopSec=90\n"))
    #expect(worker.has("Restart=always\n"))
    #expect(worker.has("WatchdogSec=30\nKillMode"))
    #expect(worker.has("User=1000\nMemoryMax=536870912\n"))
    let redis = run.text(of: "out/shop-redis.service")
    #expect(redis.has("ExecStartPost=/bin/sh -c \"until bash -c ': >/dev/tcp/127.0.0.1/$$PORT'"))
    #expect(redis.has("LimitNOFILE=1024:4096\n"))
    let migrate = run.text(of: "out/shop-migrate.service")
    #expect(migrate.has("Type=oneshot\nRemainAfterExit=yes\n"))
    #expect(migrate.has("ExecStart=/bin/sh -c \"sh -c 'echo 100%% of $$HOME' && true\"\n"))
    #expect(run.text(of: "out/shop-beat.service").has("SuccessExitStatus=7\n"))
    #expect(
      run.text(of: "out/shop.target").has(
        "Wants=shop-redis.service shop-migrate.service shop-worker@7200.service"
          + " shop-worker@7201.service shop-beat.service\n"))
    let environment = run.text(of: "out/shop.env")
    #expect(environment.has("REDIS_URL=\"redis://prod\"\nSECRET=\"pa\\\"ss \\$word\"\n"))
    #expect(!environment.has("PORT"))
    #expect(run.mode("out/shop.env") == 0o600)
  }

  @Test(
    .enabled(if: Tool.exists("systemd-analyze"), "systemd-analyze is not installed"))
  func `systemd finds nothing wrong with the units`() throws {
    let run = try export("systemd", "out", "-c", "worker=2")
    // A template is verified by one of its instances.
    rename(run.path("out/shop-worker@.service"), run.path("out/shop-worker@7200.service"))

    for unit in ["redis", "migrate", "worker@7200", "beat"] {
      let (code, output) = try Tool.run(
        ["systemd-analyze", "verify", "--man=no", run.path("out/shop-\(unit).service")])
      #expect(code == 0, "\(output)")
      #expect(!output.has("shop-\(unit).service:"), "\(output)")
    }
  }

  @Test(.enabled(if: Tool.readsYAML, "no python3 here has a YAML parser"))
  func `compose gets a service for each kind`() throws {
    let run = try export("compose", "out", "-c", "worker=3")

    let file = try Tool.yaml(run.path("out/compose.yaml"))

    #expect(file.first == "name='shop'")
    #expect(file.contains("services.worker.deploy.replicas=3"))
    #expect(file.contains("services.worker.command.0='/bin/sh'"))
    #expect(
      file.contains(#"services.worker.command.2='exec sh ./run --queue "a b" --port $$PORT'"#))
    #expect(file.contains("services.worker.stop_signal='SIGINT'"))
    #expect(file.contains("services.worker.stop_grace_period='90s'"))
    #expect(file.contains("services.worker.user='1000'"))
    #expect(file.contains("services.worker.deploy.resources.limits.memory='536870912b'"))
    #expect(file.contains("services.worker.depends_on.redis.condition='service_healthy'"))
    #expect(
      file.contains(
        "services.worker.depends_on.migrate.condition='service_completed_successfully'"))
    #expect(file.contains("services.migrate.restart='no'"))
    #expect(file.contains("services.redis.healthcheck.test.0='CMD-SHELL'"))
    #expect(file.contains("services.redis.ulimits.nofile.hard=4096"))
    #expect(file.contains("services.redis.command.1='1000'"))
    for service in ["redis", "migrate", "worker", "beat"] {
      #expect(file.contains("services.\(service).image='${IMAGE:-shop:latest}'"))
      #expect(file.contains("services.\(service).env_file.0='shop.env'"))
    }
  }

  @Test(.enabled(if: Tool.readsYAML, "no python3 here has a YAML parser"))
  func `Kubernetes gets a deployment or a job for each kind`() throws {
    let run = try export("kubernetes", "out", "-c", "worker=3")

    let worker = try Tool.yaml(run.path("out/worker.yaml"))
    let container = "spec.template.spec.containers.0"
    #expect(worker.contains("apiVersion='apps/v1'"))
    #expect(worker.contains("kind='Deployment'"))
    #expect(worker.contains("metadata.name='shop-worker'"))
    #expect(worker.contains("spec.replicas=3"))
    #expect(worker.contains("spec.strategy.rollingUpdate.maxUnavailable=0"))
    #expect(worker.contains("spec.template.spec.terminationGracePeriodSeconds=95"))
    #expect(worker.contains("\(container).securityContext.runAsUser=1000"))
    #expect(worker.contains("\(container).resources.limits.memory='536870912'"))
    #expect(worker.contains("\(container).envFrom.0.secretRef.name='shop-env'"))
    // What a Deployment selects has to be what its pods are labelled with.
    for label in ["part-of='shop'", "component='worker'"] {
      #expect(worker.contains("spec.selector.matchLabels.app.kubernetes.io/\(label)"))
      #expect(worker.contains("spec.template.metadata.labels.app.kubernetes.io/\(label)"))
    }
    let beat = try Tool.yaml(run.path("out/beat.yaml"))
    #expect(beat.contains("spec.strategy.type='Recreate'"))
    #expect(beat.contains("spec.replicas=1"))
    let migrate = try Tool.yaml(run.path("out/migrate.yaml"))
    #expect(migrate.contains("kind='Job'"))
    #expect(migrate.contains("spec.template.spec.restartPolicy='Never'"))
    let redis = try Tool.yaml(run.path("out/redis.yaml"))
    #expect(redis.contains("\(container).readinessProbe.tcpSocket.port=7000"))
    #expect(redis.contains("kind='Service'"))
    let all = try Tool.yaml(run.path("out/kustomization.yaml"))
    #expect(all.contains("resources.3='beat.yaml'"))
    #expect(all.contains("secretGenerator.0.envs.0='shop.env'"))
  }

  @Test(.enabled(if: Tool.judges("check-jsonschema"), "run script/python"))
  func `compose's own schema finds nothing wrong with the services`() throws {
    let run = try export("compose", "out", "-c", "worker=3")
    let file = run.path("out/compose.yaml")

    let (code, output) = try Tool.judge(
      "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    #expect(code == 0, "\(output)")

    let wrong = run.text(of: "out/compose.yaml").replacing("depends_on", with: "depend_on")
    try run.write(wrong, to: "bad")
    let bad = try Tool.judge(
      "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "--force-filetype", "yaml",
      run.path("bad"))
    #expect(bad.code == 1)
    #expect(bad.output.has("depend_on"))
  }

  @Test(.enabled(if: Tool.judges("kubernetes-validate"), "run script/python"))
  func `Kubernetes' own schemas find nothing wrong with the manifests`() throws {
    let run = try export("kubernetes", "out", "-c", "worker=3")
    let names = ["redis", "migrate", "worker", "beat"]

    let (code, output) = try Tool.judge(
      ["kubernetes-validate", "--strict"] + names.map { run.path("out/\($0).yaml") })
    #expect(code == 0, "\(output)")
    for kind in ["deployment/shop-worker", "job/shop-migrate", "service/shop-redis"] {
      #expect(output.has("passed for resource \(kind) "), "\(output)")
    }

    let wrong = run.text(of: "out/worker.yaml").replacing("replicas:", with: "replica:")
    try run.write(wrong, to: "bad")
    let bad = try Tool.judge("kubernetes-validate", "--strict", run.path("bad"))
    #expect(bad.code == 1)
    #expect(bad.output.has("replica"))
  }

  @Test func `what is there is not overwritten unless it is said`() throws {
    let run = try export("compose", "out")
    try run.write("mine", to: "out/README.md")

    let second = run.another()
    try second.start("export", "compose", "out", "--app", "shop")
    try second.expect("supervise: out/compose.yaml: is there already; --force overwrites it")
    #expect(try second.end() == 78)
    #expect(run.text(of: "out/README.md") == "mine")

    let third = run.another()
    try third.start("export", "compose", "out", "--app", "shop", "--force")
    #expect(try third.end() == 0)
    #expect(run.text(of: "out/README.md").has("# shop"))
  }
}

/// Programs that judge what was written.
enum Tool {
  struct Failure: Error {
    let description: String
  }

  private static let judges: String = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(root)/.venv/bin/"
  }()

  /// Whether a program that judges is there.
  static func judges(_ name: String) -> Bool { exists(judges + name) }

  static func judge(_ words: String...) throws -> (code: Int32, output: String) {
    try judge(words)
  }

  static func judge(_ words: [String]) throws -> (code: Int32, output: String) {
    try run([judges + words[0]] + words.dropFirst())
  }

  static func exists(_ name: String) -> Bool {
    ((try? run(["sh", "-c", "command -v \(name)"]))?.code ?? 1) == 0
  }

  /// The first python3 that has a YAML parser: the system's, or the one in PATH.
  private static let python = ["/usr/bin/python3", "python3"].first { python in
    ((try? run([python, "-c", "import yaml"]))?.code ?? 1) == 0
  }

  static var readsYAML: Bool { python != nil }

  /// Each scalar of a file with the way to it, as `services.worker.deploy.replicas=3`.
  static func yaml(_ path: String) throws -> [String] {
    let script = """
      import sys, yaml
      def walk(way, node):
          if isinstance(node, dict):
              for key, value in node.items(): walk(way + [str(key)], value)
          elif isinstance(node, list):
              for index, value in enumerate(node): walk(way + [str(index)], value)
          else:
              print(".".join(way) + "=" + repr(node))
      for document in yaml.safe_load_all(open(sys.argv[1])): walk([], document)
      """
    let (code, output) = try run([python ?? "python3", "-c", script, path])
    guard code == 0 else { throw Failure(description: output) }
    return output.split(separator: "\n").map(String.init)
  }

  static func run(_ words: [String]) throws -> (code: Int32, output: String) {
    let quoted = words.map {
      "'"
        + $0.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
    }.joined(separator: " ")
    guard let stream = popen(quoted + " 2>&1", "r") else {
      throw Failure(description: "popen")
    }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&part, 1, part.count, stream), count > 0 {
      bytes += part[..<count]
    }
    return (pclose(stream) >> 8, String(decoding: bytes, as: UTF8.self))
  }
}
