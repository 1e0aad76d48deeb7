import Glibc
import TestSupport
import Testing

/// Executables that are brought by other means than a build.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct DeployTests {
  /// A program of which there are two versions, and where it is deployed to.
  private struct Deployment {
    let run: Supervised
    private var count = 0

    init(at path: String = "bin/app", _ arguments: String...) throws {
      run = try Supervised([
        "Procfile": """
        #: ready=fd
        worker: \(path) \(Self.script)
        other: sleep 99
        """,
        Self.script: """
        echo "worker runs pid=$$"; echo READY=1 >&3
        while :; do read -t 1 -r line <> fifo; done
        """,
      ])
      Shell.run("mkfifo fifo; mkdir -p bin releases/1 releases/2", in: run.folder)
    }

    private static let script = "./worker.sh"

    /// The bytes of a real executable, and some that no other version has.
    func make(_ name: String) {
      Shell.run(
        "cp /bin/bash \(name); echo \(TinyPackage.fresh) >>\(name); chmod 755 \(name)",
        in: run.folder)
    }

    func start(_ arguments: String...) throws {
      try run.start(["dev", "--no-build"] + arguments)
      try run.expect("worker runs")
    }

    @discardableResult
    func deploy(_ line: String) -> Int32 { Shell.run(line, in: run.folder) }

    mutating func expectReload() throws {
      count += 1
      try run.expect("reload #\(count): app changed, worker in")
    }

    func finish() throws {
      run.signal(SIGINT)
      #expect(try run.end() == 0)
      let lines = run.lines
      #expect(lines.count { $0.has("other started") } == 1)
      #expect(lines.count { $0.has("worker started") } == count + 1)
      #expect(lines.count { $0.has("worker runs") } == count + 1)
      #expect(!lines.contains { $0.has(" ended: ") }, "\(run.output)")
      #expect(run.survivorsAfterWaiting() == [])
    }
  }

  @Test(arguments: [
    "mv new bin/app", "cp --remove-destination new bin/app", "install -m 755 new bin/app",
    "rsync -I new bin/app", "cp new bin/.app.tmp && mv bin/.app.tmp bin/app",
    "ln -f new bin/app", "rm bin/app && cp new bin/app",
  ])
  func `each way to bring a new file is one reload`(line: String) throws {
    var deployment = try Deployment()
    deployment.make("bin/app")
    try deployment.start()

    deployment.make("new")
    #expect(deployment.deploy(line) == 0)

    try deployment.expectReload()
    try deployment.finish()
  }

  @Test func `a file that comes without its rights starts when it has got them`() throws {
    var deployment = try Deployment()
    deployment.make("bin/app")
    try deployment.start()
    deployment.make("new")

    deployment.deploy("chmod 644 new; mv new bin/app")
    try deployment.run.expect("bin/app cannot be run: it is not executable; what runs goes on")
    deployment.deploy("chmod 755 bin/app")

    try deployment.expectReload()
    deployment.deploy("chmod 700 bin/app; chmod 755 bin/app; touch -a bin/app")
    deployment.make("new")
    deployment.deploy("mv new bin/app")
    try deployment.expectReload()
    try deployment.finish()
  }

  @Test func `a link that is switched is a new release`() throws {
    var deployment = try Deployment(at: "current/app")
    deployment.make("releases/1/app")
    deployment.make("releases/2/app")
    deployment.deploy("ln -s releases/1 current")
    try deployment.start()

    deployment.deploy("ln -s releases/2 next; mv -T next current")
    try deployment.expectReload()
    deployment.deploy("ln -sfn releases/1 current")
    try deployment.expectReload()
    // What the link led to before is nobody's any more.
    deployment.deploy("rm -r releases/2")
    deployment.make("releases/1/new")
    deployment.deploy("mv releases/1/new releases/1/app")
    try deployment.expectReload()
    try deployment.finish()
  }

  @Test func `the same bytes again are no reload`() throws {
    var deployment = try Deployment()
    deployment.make("bin/app")
    try deployment.start()

    deployment.deploy("cp bin/app same; mv same bin/app; cp bin/app same; cp -f same bin/app2")
    deployment.make("new")
    deployment.deploy("mv new bin/app")

    try deployment.expectReload()
    try deployment.finish()
  }

  /// As `scp` does it over a slow line: full of pauses, and complete only at its end.
  @Test func `a file that is written slowly starts when its writer is through`() throws {
    var deployment = try Deployment()
    deployment.make("bin/app")
    try deployment.start()
    deployment.make("new")

    deployment.deploy(
      """
      rm bin/app; size=$(stat -c %s new)
      { truncate -s $size bin/app; chmod 755 bin/app; exec 9<>bin/app
        for part in 0 1 2 3 4 5 6 7 8 9; do
          dd if=new of=/dev/fd/9 bs=$((size / 10 + 1)) skip=$part seek=$part count=1 \\
            conv=notrunc status=none
          sleep 0.3
        done; }
      """)

    try deployment.expectReload()
    try deployment.finish()
  }

  @Test func `half a file whose writer has gone is not started`() throws {
    var deployment = try Deployment()
    deployment.make("bin/app")
    try deployment.start()
    deployment.make("new")

    deployment.deploy("head -c 100000 new >half; chmod 755 half; mv half bin/app")
    try deployment.run.expect("bin/app cannot be run: ")
    let pid = try #require(
      deployment.run.lines.first { $0.has("worker runs") }?.number(after: "pid="))
    #expect(kill(pid, 0) == 0)
    deployment.deploy("mv new bin/app")

    try deployment.expectReload()
    try deployment.finish()
  }

  @Test func `a file that is watched by name restarts even with the same bytes`() throws {
    var deployment = try Deployment()
    deployment.make("bin/app")
    try deployment.start("--watch", "bin/app")

    for _ in 0..<12 {
      deployment.deploy("cp bin/app same; mv same bin/app")
      try deployment.expectReload()
    }
    try deployment.finish()
  }

  @Test func `a file that changes all the time is left alone`() throws {
    let deployment = try Deployment()
    deployment.make("bin/app")
    try deployment.start()

    for count in 1...10 {
      deployment.make("new")
      deployment.deploy("mv new bin/app")
      try deployment.run.expect("reload #\(count): app changed, worker in")
    }
    deployment.make("new")
    deployment.deploy("mv new bin/app")

    try deployment.run.expect("bin/app changes all the time; it is left alone until it rests")
    deployment.run.signal(SIGINT)
    #expect(try deployment.run.end() == 0)
  }
}
