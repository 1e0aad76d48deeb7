import Glibc

/// The signals that have a name in options and messages.
package enum SignalName {
  /// Those that may be a request to end.
  private static let numbers: KeyValuePairs<String, Int32> = [
    "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ILL": SIGILL, "TRAP": SIGTRAP,
    "ABRT": SIGABRT, "BUS": SIGBUS, "FPE": SIGFPE, "KILL": SIGKILL, "USR1": SIGUSR1,
    "SEGV": SIGSEGV, "USR2": SIGUSR2, "PIPE": SIGPIPE, "ALRM": SIGALRM, "TERM": SIGTERM,
    "XCPU": SIGXCPU, "SYS": SIGSYS,
  ]

  /// Those that mean something else.
  private static let others: KeyValuePairs<String, Int32> = [
    "STOP": SIGSTOP, "TSTP": SIGTSTP, "CONT": SIGCONT, "TTIN": SIGTTIN, "TTOU": SIGTTOU,
    "WINCH": SIGWINCH, "URG": SIGURG, "IO": SIGIO, "PROF": SIGPROF, "VTALRM": SIGVTALRM,
    "CHLD": SIGCHLD,
  ]

  static func number(_ name: Substring) -> Int32? {
    let bare = name.hasPrefix("SIG") ? name.dropFirst(3) : name
    return numbers.first { $0.key == bare }?.value
  }

  /// Any signal that can be sent: `HUP`, `SIGHUP`, `hup` or `1`.
  package static func sendable(_ text: String) -> Int32? {
    if let number = Int32(text) { return 1...64 ~= number ? number : nil }
    let name = text.uppercased()
    let bare = name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
    return number(bare[...]) ?? others.first { $0.key == bare }?.value
  }

  /// The names there are, those first that are sent most.
  package static var all: [String] {
    ["TERM", "HUP", "INT", "KILL", "USR1", "USR2", "STOP", "CONT"]
  }

  static func text(_ number: Int32) -> String {
    let known = numbers.first { $0.value == number } ?? others.first { $0.value == number }
    return known.map { "SIG" + $0.key } ?? "signal \(number)"
  }
}
