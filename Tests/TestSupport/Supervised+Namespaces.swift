internal import Glibc

// Starting where other rules hold: as the first process, or as somebody else.
extension Supervised {
  /// As the first process of a PID namespace of its own.
  package func startFirst(_ arguments: [String]) throws {
    try start(arguments, under: Self.namespace)
  }

  /// From a script (its `"$@"`) that is the first process of a PID namespace of its own: from there
  /// its session and its group are 0, for they were made outside.
  package func start(_ arguments: [String], byFirst script: String) throws {
    try start(arguments, under: Self.namespace + ["sh", "-c", script, "sh"])
  }

  private static let namespace = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]

  /// Whether `startFirst` can do its work here.
  package static let canBeFirst = succeeds(namespace + ["true"])

  /// In front of a command: as a user of whom nothing else runs.
  package static let asStranger = [
    "setpriv", "--reuid=64321", "--regid=64321", "--clear-groups",
  ]

  /// Whether such a user can be made here, and may start what was built.
  package static let canBeStranger = succeeds(
    asStranger + ["test", "-x", builtPath("supervise")])

  static func succeeds(_ words: [String]) -> Bool {
    let arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    guard posix_spawnp(&pid, words[0], nil, nil, arguments, environ) == 0 else { return false }
    var status: Int32 = -1
    return waitpid(pid, &status, 0) == pid && status == 0
  }

  /// Sends a signal to what was started with `startFirst`, not to the program around it.
  package func signalFirst(_ number: Int32) {
    let list = String(decoding: Self.contents("/proc/\(pid)/task/\(pid)/children"), as: UTF8.self)
    for child in list.split(separator: " ").compactMap({ pid_t($0) }) { kill(child, number) }
  }
}
