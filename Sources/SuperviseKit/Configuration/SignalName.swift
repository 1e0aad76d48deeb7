import Glibc

/// The signals that have a name in options and messages.
enum SignalName {
  private static let numbers: KeyValuePairs<String, Int32> = [
    "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ILL": SIGILL, "TRAP": SIGTRAP,
    "ABRT": SIGABRT, "BUS": SIGBUS, "FPE": SIGFPE, "KILL": SIGKILL, "USR1": SIGUSR1,
    "SEGV": SIGSEGV, "USR2": SIGUSR2, "PIPE": SIGPIPE, "ALRM": SIGALRM, "TERM": SIGTERM,
    "XCPU": SIGXCPU, "SYS": SIGSYS,
  ]

  static func number(_ name: Substring) -> Int32? {
    let bare = name.hasPrefix("SIG") ? name.dropFirst(3) : name
    return numbers.first { $0.key == bare }?.value
  }

  static func text(_ number: Int32) -> String {
    numbers.first { $0.value == number }.map { "SIG" + $0.key } ?? "signal \(number)"
  }
}
