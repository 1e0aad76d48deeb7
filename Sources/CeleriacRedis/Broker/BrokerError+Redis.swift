package import CeleriacCore

extension BrokerError {
  /// The same failure in the words of the broker's users, with what to do about it.
  package init(_ error: RedisError) {
    let code: Code =
      switch error.code {
      case .connectionLost, .noResources: .unreachable
      case .notReady: .notReady
      case .timedOut, .cancelled: .timedOut
      case .outOfMemory: .outOfMemory
      case .closed: .closed
      default: .refused
      }
    let detail =
      if let explanation = error.explanation {
        "\(error.subject): \(explanation)"
      } else if error.code == .errorReply {
        // The server's own line, or that which took its place, says what it is.
        "\(error.subject): \(error.detail)"
      } else {
        error.description
      }
    self.init(code, detail: detail)
  }
}

extension RedisError {
  /// Whether a script found that the worker's lease is gone.
  var isFenced: Bool { detail.hasPrefix("FENCED") }
}
