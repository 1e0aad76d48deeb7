/// One setting: its names, how its text is read, and how its value is shown.
struct Setting<Value: Sendable>: Sendable {
  /// The name in `list --settings`.
  let name: String
  /// The option on the command line, where there is one.
  let flag: String?
  /// The variables, the strongest first.
  let variables: [String]
  /// What a text should be, for those who got it wrong.
  let expected: String
  /// Whether the text may hold a password.
  var isSecret = false
  /// Nil for a text that is not what is expected.
  let read: @Sendable (String) throws(Unreadable) -> Value?
  let show: @Sendable (Value) -> String

  init(
    _ name: String, flag: String?, variables: [String], expected: String, isSecret: Bool = false,
    read: @escaping @Sendable (String) throws(Unreadable) -> Value?,
    show: @escaping @Sendable (Value) -> String
  ) {
    self.name = name
    self.flag = flag
    self.variables = variables
    self.expected = expected
    self.isSecret = isSecret
    self.read = read
    self.show = show
  }
}

/// A value, and who has said it.
struct Sourced<Value: Sendable>: Sendable {
  let value: Value
  let source: SettingSource
}

/// Who has said a value; each overrules those before it.
enum SettingSource: Sendable, Hashable, CustomStringConvertible {
  case standard
  case code
  case environment(String)
  case flag(String)

  var description: String {
    switch self {
    case .standard: "default"
    case .code: "code"
    case .environment(let variable): variable
    case .flag(let flag): flag
    }
  }
}

/// Why a text is no value of its setting, where there is more to say than what is expected.
struct Unreadable: Error {
  let reason: String
}

/// A text that is no value of its setting.
struct SettingError: Error, Equatable, CustomStringConvertible {
  let setting: String
  let source: SettingSource
  let text: String
  /// What is wrong with it, or what it should be.
  let objection: String

  var description: String {
    let place = source == .code ? "the \(setting) in the code" : "\(source)"
    return "\(place) is '\(text)'; \(objection)"
  }
}

/// What was said about settings, in the environment and on the command line.
struct SettingTexts: Sendable {
  /// The variables of the process.
  var environment: [String: String]
  /// The options given, by their names with the dashes.
  var flags: [String: String] = [:]

  /// The value that counts: flag before environment before code before default.
  ///
  /// A variable that is set to nothing is not set.
  func value<Value>(
    of setting: Setting<Value>, code: Value? = nil, otherwise standard: @autoclosure () -> Value
  ) throws(SettingError) -> Sourced<Value> {
    if let flag = setting.flag, let text = flags[flag] {
      return try read(text, as: setting, from: .flag(flag))
    }
    for variable in setting.variables {
      if let text = environment[variable], !text.isEmpty {
        return try read(text, as: setting, from: .environment(variable))
      }
    }
    if let code { return Sourced(value: code, source: .code) }
    return Sourced(value: standard(), source: .standard)
  }

  private func read<Value>(
    _ text: String, as setting: Setting<Value>, from source: SettingSource
  ) throws(SettingError) -> Sourced<Value> {
    Sourced(value: try setting.value(of: text, from: source), source: source)
  }

  /// A URL that can't be read may hold a password all the same.
  static func withoutPassword(_ text: String) -> String {
    var text = text
    if let password = text.range(of: "password=")?.upperBound {
      let end = text[password...].firstIndex(of: "&") ?? text.endIndex
      text.replaceSubrange(password..<end, with: "**")
    }
    guard let at = text.lastIndex(of: "@") else { return text }
    let scheme = text.range(of: "://")?.upperBound ?? text.startIndex
    return "\(text[..<min(scheme, at)])**\(text[at...])"
  }
}

extension Setting {
  /// Reads a text.
  func value(of text: String, from source: SettingSource) throws(SettingError) -> Value {
    do throws(Unreadable) {
      guard let value = try read(text) else { throw Unreadable(reason: "expected is \(expected)") }
      return value
    } catch {
      throw SettingError(
        setting: name, source: source,
        text: isSecret ? SettingTexts.withoutPassword(text) : text, objection: error.reason)
    }
  }
}

extension String {
  // The standard library has no search for a text; Foundation is not wanted for this alone.
  fileprivate func range(of needle: String) -> Range<Index>? {
    indices.lazy.compactMap { start in
      self[start...].hasPrefix(needle)
        ? start..<self.index(start, offsetBy: needle.count) : nil
    }.first
  }
}
