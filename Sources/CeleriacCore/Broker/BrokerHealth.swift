/// Whether a broker does its work for a consumer.
public enum BrokerHealth: Sendable, Equatable {
  /// It does.
  case serving

  /// It does not, for this reason, and is asked again and again.
  case failing(BrokerError)
}
