import Glibc

/// Under which conditions of the system a process runs, where they differ from the supervisor's.
package struct Surroundings: Sendable, Equatable {
  /// A limit of the kernel's, as `limit.nofile=1024:4096` says it.
  package struct Limit: Sendable, Equatable {
    package var name: String
    package var soft: UInt
    package var hard: UInt
  }

  /// The name or number of a user.
  package var user: String?
  /// The name or number of a group; without it the user's own.
  package var group: String?
  package var niceness: Int32?
  package var mask: Int32?
  /// How readily the kernel kills it when memory is short, -1000 to 1000.
  package var oomScore: Int32?
  /// Its working directory, seen from the folder of the Procfile.
  package var directory: String?
  package var limits: [Limit] = []

  package init() {}

  static let unlimited = UInt(bitPattern: Int(-1))

  /// The limits that have a name, with their numbers.
  static let resources: KeyValuePairs<String, Int32> = [
    "as": Int32(RLIMIT_AS.rawValue), "core": Int32(RLIMIT_CORE.rawValue),
    "cpu": Int32(RLIMIT_CPU.rawValue), "data": Int32(RLIMIT_DATA.rawValue),
    "fsize": Int32(RLIMIT_FSIZE.rawValue), "memlock": Int32(__RLIMIT_MEMLOCK.rawValue),
    "nofile": Int32(RLIMIT_NOFILE.rawValue), "nproc": Int32(__RLIMIT_NPROC.rawValue),
    "stack": Int32(RLIMIT_STACK.rawValue),
  ]

  static func resource(_ name: some StringProtocol) -> Int32? {
    resources.first { $0.key == name }?.value
  }
}

extension ProcessOptions {
  /// What the system is to do differently for it, as the Procfile says it.
  var given: String {
    func text(_ key: String, _ value: (some CustomStringConvertible)?) -> String? {
      value.map { "\(key)=\($0)" }
    }
    func number(_ value: UInt) -> String {
      value == Surroundings.unlimited ? "unlimited" : String(value)
    }
    let limits = surroundings.limits.map { limit in
      "limit.\(limit.name)=\(number(limit.soft)):\(number(limit.hard))"
    }
    let mask = surroundings.mask.map { mask in
      let digits = String(mask, radix: 8)
      return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
    return
      ([
        text("user", surroundings.user), text("group", surroundings.group),
        text("cwd", surroundings.directory), text("umask", mask),
        text("nice", surroundings.niceness), text("oom", surroundings.oomScore),
        text("watchdog", watchdog?.short), text("limit.mem", memoryLimit.map { "\($0 >> 20)M" }),
      ].compactMap { $0 } + limits).joined(separator: " ")
  }
}

// How the options' text is read.
extension Surroundings {
  /// Takes in one option; false if it is none of these.
  mutating func set(_ key: Substring, _ value: Substring) throws(OptionError) -> Bool {
    switch key {
    case "user": user = try Self.name(key, value)
    case "group": group = try Self.name(key, value)
    case "cwd": directory = try Self.name(key, value)
    case "nice": niceness = try Self.number(key, value, in: -20...19)
    case "oom": oomScore = try Self.number(key, value, in: -1000...1000)
    case "umask":
      guard let bits = Int32(value, radix: 8), 0...0o777 ~= bits else {
        throw OptionError("umask is an octal number from 000 to 777, not '\(value)'")
      }
      mask = bits
    case _ where key.hasPrefix("limit."):
      limits.append(try Self.limit(key.dropFirst(6), value))
    default: return false
    }
    return true
  }

  private static func name(
    _ key: Substring, _ value: Substring
  ) throws(OptionError) -> String {
    guard !value.isEmpty else { throw OptionError("\(key)= says nothing; leave it out instead") }
    return String(value)
  }

  private static func number(
    _ key: Substring, _ value: Substring, in range: ClosedRange<Int32>
  ) throws(OptionError) -> Int32 {
    guard let number = Int32(value), range ~= number else {
      throw OptionError(
        "\(key) is a number from \(range.lowerBound) to \(range.upperBound), not '\(value)'")
    }
    return number
  }

  /// `1024`, `1024:4096`, `unlimited`.
  private static func limit(
    _ name: Substring, _ value: Substring
  ) throws(OptionError) -> Limit {
    guard resource(name) != nil else {
      let names = (resources.map(\.key) + ["mem"]).sorted().joined(separator: ", ")
      throw OptionError("no limit '\(name)'; there are \(names)")
    }
    let sides = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      .map(size)
    guard let first = sides.first, let soft = first, let last = sides.last, let hard = last else {
      throw OptionError(
        "limit.\(name) is a number such as 1024, 512M or unlimited, or two of them with a colon"
          + " between, not '\(value)'")
    }
    guard soft <= hard else {
      throw OptionError("limit.\(name)=\(value): the first number is more than the second")
    }
    guard name != "nofile" || soft >= 32 else {
      throw OptionError("limit.nofile=\(value): nothing can be started with less than 32")
    }
    return Limit(name: String(name), soft: soft, hard: hard)
  }

  /// `512M` and the like, in bytes; a bare number stays what it is.
  static func size(_ text: some StringProtocol) -> UInt? {
    if text == "unlimited" { return unlimited }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = UInt(digits), digits.count <= 12 else { return nil }
    switch text.dropFirst(digits.count) {
    case "": return number
    case "K": return number << 10
    case "M": return number << 20
    case "G": return number << 30
    default: return nil
    }
  }
}
