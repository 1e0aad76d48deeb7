import Glibc

/// How far the tests go: as far as each change allows, or, with `FAULTS=full`, as far as is promised.
enum Depth {
  static let isFull = getenv("FAULTS").map { String(cString: $0) == "full" } ?? false

  static func of(_ short: Int, full: Int) -> Int { isFull ? full : short }
}
