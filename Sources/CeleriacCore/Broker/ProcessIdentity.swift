import Glibc

/// Who this process is, in the forms that Celery uses.
package enum ProcessIdentity {
  /// The host's name.
  package static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return name.withUnsafeBytes {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }()

  /// `gen<pid>@<host>`, the sender of a message.
  package static let origin = "gen\(getpid())@\(host)"
}
