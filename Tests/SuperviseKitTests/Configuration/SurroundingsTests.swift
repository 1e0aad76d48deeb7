import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct SurroundingsTests {
  private func options(_ text: String) throws -> ProcessOptions {
    let procfile = try Procfile(parsing: "#: \(text)\nweb: run", file: "Procfile")
    return try #require(procfile.processes.first).options
  }

  @Test func `each option is read`() throws {
    let options = try options(
      "user=nobody group=daemon nice=-5 umask=027 oom=-900 cwd=sub limit.mem=512M watchdog=30s"
        + " limit.nofile=1024:4K limit.core=unlimited max-restarts=3")
    let surroundings = options.surroundings

    #expect(surroundings.user == "nobody")
    #expect(surroundings.group == "daemon")
    #expect(surroundings.niceness == -5)
    #expect(surroundings.mask == 0o27)
    #expect(surroundings.oomScore == -900)
    #expect(surroundings.directory == "sub")
    #expect(
      surroundings.limits == [
        .init(name: "nofile", soft: 1024, hard: 4096),
        .init(name: "core", soft: Surroundings.unlimited, hard: Surroundings.unlimited),
      ])
    #expect(options.memoryLimit == 512 << 20)
    #expect(options.watchdog == .seconds(30))
    #expect(options.maxRestarts == 3)
  }

  @Test func `a mask is shown with all its digits`() throws {
    #expect(try options("umask=027").given == "umask=027")
    #expect(try options("umask=0").given == "umask=000")
  }

  @Test(arguments: [(Mode.development, Duration.seconds(30)), (.production, .seconds(300))])
  func `what drains has its time, by the mode`(mode: Mode, time: Duration) throws {
    let procfile = try Procfile(parsing: "worker: run\n#: stop=5s\nweb: run", file: "Procfile")

    let times = procfile.processes.map { ProcessSettings($0, mode: mode).drainTimeout }

    #expect(times == [time, .seconds(5)])
  }

  @Test(arguments: [
    ("nice=20", "nice is a number from -20 to 19, not '20'"),
    ("umask=088", "umask is an octal number from 000 to 777, not '088'"),
    ("oom=x", "oom is a number from -1000 to 1000, not 'x'"),
    ("user=", "user= says nothing; leave it out instead"),
    ("limit.files=1", "no limit 'files'; there are as, core, cpu, data, fsize, mem, memlock"),
    ("limit.nofile=many", "limit.nofile is a number such as 1024, 512M or unlimited"),
    ("limit.nofile=20:10", "limit.nofile=20:10: the first number is more than the second"),
    ("limit.nofile=8", "limit.nofile=8: nothing can be started with less than 32"),
    ("limit.mem=5", "limit.mem is a size from 1M, such as 512M or 2G, not '5'"),
    ("limit.mem=unlimited", "limit.mem is a size from 1M"),
    ("watchdog=0", "watchdog is a time such as 90s or 5m, not '0'"),
    ("max-restarts=-1", "max-restarts is a number from 0, for ever, to 1000, not '-1'"),
    ("memory=5", "no option 'memory'; there are restart, max-restarts, success, after"),
  ])
  func `a value that means nothing is told`(option: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try options(option) }

    #expect(error?.detail.hasPrefix(message) == true, "\(error?.detail ?? "")")
  }

  @Test(arguments: ProcessOptions.names)
  func `what the manual lists is what is read`(name: String) {
    var own = ProcessOptions()
    var complaint = ""

    do throws(OptionError) {
      try own.set(Substring(name), "\u{1}:")
    } catch {
      complaint = error.detail
    }

    #expect(!complaint.hasPrefix("no option"))
  }

  @Test func `an account is looked up with all its groups`() throws {
    var surroundings = Surroundings()
    surroundings.user = "nobody"
    guard geteuid() == 0 else { return }

    let account = try #require(try Account(surroundings))

    #expect(account.user == 65_534)
    #expect(account.groups == [65_534])
    #expect(account.variables.contains { $0.0 == "USER" && $0.1 == "nobody" })
    surroundings.user = "no-such-user"
    #expect(throws: OptionError.self) { try Account(surroundings) }
  }
}
