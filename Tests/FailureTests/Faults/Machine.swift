import Glibc

/// What this machine lets a test do.
enum Machine {
  static let hasNamespaces: Bool = {
    guard getuid() == 0 else { return false }
    return (try? LossyNetwork()) != nil
  }()

  static let mounts: Bool = getuid() == 0 && (try? SmallDisk(megabytes: 1)) != nil

  static let hasCompiler = (try? SteppedClock()) != nil

  static func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw SystemFailure(description: "can't write \(path)")
    }
    fputs("\(text)\n", file)
    fclose(file)
  }

  /// Runs a command and waits for its end.
  static func run(_ words: String...) throws {
    var pid: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let code = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
    var status: Int32 = 0
    guard code == 0, waitpid(pid, &status, 0) == pid, status == 0 else {
      throw SystemFailure(description: "\(words.joined(separator: " ")) failed")
    }
  }
}

/// A network namespace of two ends, one of them here; gone with this value.
final class LossyNetwork {
  /// This machine's end.
  let address: String
  private let name: String

  /// What starts a command at the other end.
  var enter: [String] { ["ip", "netns", "exec", name] }

  init() throws {
    let number = Int.random(in: 1...9999)
    name = "fault\(number)"
    let net = "10.\(200 + number / 250 % 50).\(number % 250)"
    address = "\(net).1"
    try Machine.run("ip", "netns", "add", name)
    try Machine.run(
      "ip", "link", "add", "\(name)a", "type", "veth", "peer", "name", "\(name)b", "netns", name)
    try Machine.run("ip", "address", "add", "\(net).1/24", "dev", "\(name)a")
    try Machine.run("ip", "link", "set", "\(name)a", "up")
    try Machine.run("ip", "-n", name, "address", "add", "\(net).2/24", "dev", "\(name)b")
    try Machine.run("ip", "-n", name, "link", "set", "\(name)b", "up")
    try lose(percent: 0)
  }

  deinit {
    try? Machine.run("ip", "netns", "delete", name)
    try? Machine.run("ip", "link", "delete", "\(name)a")
  }

  /// Loses a share of the packets, in both directions.
  func lose(percent: Int) throws {
    let rule =
      switch percent {
      case ...0: "accept"
      case 100...: "drop"
      default: "numgen random mod 100 < \(percent) drop"
      }
    let chains = ["input", "output"].map { hook in
      "add chain ip loss \(hook) { type filter hook \(hook) priority 0; };"
        + "add rule ip loss \(hook) \(rule);"
    }
    try Machine.run(
      "ip", "netns", "exec", name, "nft", "flush ruleset; add table ip loss;" + chains.joined())
  }
}

/// A file system in memory that is soon full; gone with this value.
final class SmallDisk {
  let path: String

  init(megabytes: Int) throws {
    path = "/tmp/disk-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    mkdir(path, 0o700)
    do {
      try Machine.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "disk", path)
    } catch {
      rmdir(path)
      throw error
    }
  }

  deinit {
    try? Machine.run("umount", "--lazy", path)
    rmdir(path)
  }

  /// Leaves no byte free.
  func fill() throws {
    let file = open(path + "/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemFailure(description: "can't fill \(path)") }
    let zeros = [UInt8](repeating: 0, count: 4096)
    while Glibc.write(file, zeros, zeros.count) > 0 {}
    close(file)
  }

  func clear() { unlink(path + "/ballast") }
}
