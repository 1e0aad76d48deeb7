/// How a process is replaced when what it was made from has changed.
package enum ReloadPolicy: Sendable, Equatable {
  /// Stop the old one, then start the new one.
  case restart
  /// Start the new one, and when it is ready let the old one finish what it has in hand.
  case drain
  /// Send a signal and leave the rest to the process.
  case signal(Int32)
  /// Leave it alone.
  case none

  var isSignal: Bool {
    if case .signal = self { true } else { false }
  }

  /// The same for a process that does not run: there is nothing to drain, and nobody to signal.
  var withoutProcess: ReloadPolicy {
    self == .none ? .none : .restart
  }
}

extension ReloadPolicy: CustomStringConvertible {
  /// Reads what an option of the Procfile says: `drain`, `signal:HUP`.
  init(option text: Substring) throws(OptionError) {
    switch text {
    case "restart": self = .restart
    case "drain": self = .drain
    case "none": self = .none
    default:
      let name = text.dropFirst("signal:".count)
      guard text.hasPrefix("signal:"), let number = SignalName.number(name) else {
        throw OptionError(
          "reload is restart, drain, signal:NAME such as signal:HUP, or none, not '\(text)'")
      }
      self = .signal(number)
    }
  }

  package var description: String {
    switch self {
    case .restart: "restart"
    case .drain: "drain"
    case .signal(let number): "by \(SignalName.text(number))"
    case .none: "none"
    }
  }
}
