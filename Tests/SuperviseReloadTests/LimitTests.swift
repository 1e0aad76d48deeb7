import Glibc
import TestSupport
import Testing

/// What the kernel does not tell: too many events, too few watches, silent file systems.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct LimitTests {
  private static let files = [
    "Procfile": """
    #: ready=fd
    web: ./bin/app ./web.sh
    #: ready=fd watch=src/**
    reader: ./web.sh
    """,
    "web.sh": """
    #!/bin/bash
    echo "$SUPERVISE_INSTANCE runs $(cat src/word)"; echo READY=1 >&3
    while :; do read -t 1 -r line <> fifo; done
    """,
    "src/word": "one",
  ]

  private func prepare() throws -> Supervised {
    let run = try Supervised(Self.files)
    Shell.run("mkfifo fifo; mkdir bin; cp /bin/bash bin/app", in: run.folder)
    return run
  }

  private func replace(_ run: Supervised) {
    Shell.run(
      "cp bin/app new; echo \(TinyPackage.fresh) >>new; mv new bin/app", in: run.folder)
  }

  @Test func `when events were lost everything is looked at again`() throws {
    let run = try prepare()
    try run.start("dev", "--no-build")
    try run.expectAll("web.1 runs one", "reader.1 runs one")
    let limit = Shell.text("/proc/sys/fs/inotify/max_queued_events")
    let count = try #require(Int(limit.filter(\.isNumber)))
    try #require(count <= 1 << 17)

    run.signal(SIGSTOP)
    let fill = "for ((i = 0; i < \(count / 2 + 100); i++)); do : >x$i; done; rm -f x*"
    Shell.run("cd bin && bash -c '\(fill)'", in: run.folder)
    Shell.run("cd src && bash -c '\(fill)'", in: run.folder)
    try run.write("two", to: "src/word")
    replace(run)
    run.signal(SIGCONT)

    try run.expectAll("web.1 runs two", "reader.1 runs two")
    // And it goes on noticing.
    replace(run)
    try run.expect("app changed, web in")
    try run.write("three", to: "src/word")
    try run.expect("reader.1 runs three")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  /// In a user namespace of its own, so that the limit is the kernel's and nobody else's.
  private func start(
    _ run: Supervised, limit: String, _ value: Int, _ arguments: String...
  ) throws {
    let set = "echo \(value) >/proc/sys/user/\(limit) && exec \"$@\""
    try run.start(
      ["dev", "--no-build"] + arguments, under: ["unshare", "-Ur", "sh", "-c", set, "sh"])
  }

  private static let hasNamespaces = Shell.run("unshare -Ur true 2>/dev/null") == 0

  @Test(
    .enabled(if: hasNamespaces, "this machine lets nobody make a user namespace"),
    arguments: [
      ("max_inotify_watches", 1, "raise fs.inotify.max_user_watches"),
      ("max_inotify_instances", 0, "raise fs.inotify.max_user_instances"),
    ])
  func `at a limit it says which one, and looks from time to time`(
    limit: String, value: Int, advice: String
  ) throws {
    let run = try prepare()
    try start(run, limit: limit, value)
    try run.expect(advice)
    try run.expectAll("web.1 runs one", "reader.1 runs one")

    replace(run)
    try run.expect("app changed, web in")
    try run.write("two", to: "src/word")
    try run.expect("reader.1 runs two")
    Shell.run("mkdir src/new; echo x >src/new/file", in: run.folder)
    try run.expect("src/new/file changed")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test(.enabled(if: hasNamespaces, "this machine lets nobody make a user namespace"))
  func `with --poll no event is needed, and nothing is said of it twice`() throws {
    let run = try prepare()
    try start(run, limit: "max_inotify_instances", 0, "--poll")
    try run.expectAll("web.1 runs one", "reader.1 runs one")

    replace(run)
    try run.expect("app changed, web in")
    try run.write("two", to: "src/word")
    try run.expect("reader.1 runs two")
    try run.write(Self.files["Procfile", default: ""] + "\nmore: sleep 98", to: "Procfile")
    try run.expect("Procfile changed: +more")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(!run.output.has("inotify"))
  }
}
