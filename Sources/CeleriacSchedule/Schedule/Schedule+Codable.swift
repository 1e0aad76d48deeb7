/// An interval is `{"every": 30.0}`, in seconds; a crontab `{"crontab": "0 0 * * *", "zone": "UTC"}`.
extension Schedule: Codable {
  private enum Key: String, CodingKey {
    case every
    case crontab
    case zone
  }

  /// Reads a schedule; one that makes no sense is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let seconds = try container.decodeIfPresent(Double.self, forKey: .every) {
      self = .interval(.microseconds(Int64(nearest: seconds * 1_000_000)))
    } else {
      self = .crontab(
        try container.decode(String.self, forKey: .crontab),
        in: try container.decodeIfPresent(String.self, forKey: .zone) ?? "UTC")
    }
    do {
      try validate()
    } catch {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: error.description,
          underlyingError: error))
    }
  }

  /// Writes a schedule; one that makes no sense is an error.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch rule {
    case .interval(let duration):
      try container.encode(Double(duration.microseconds) / 1_000_000, forKey: .every)
    case .crontab(let crontab, let zone):
      try container.encode(crontab.description, forKey: .crontab)
      try container.encode(zone, forKey: .zone)
    case .invalid(let error):
      throw EncodingError.invalidValue(
        self,
        EncodingError.Context(
          codingPath: encoder.codingPath, debugDescription: error.description,
          underlyingError: error))
    }
  }
}
