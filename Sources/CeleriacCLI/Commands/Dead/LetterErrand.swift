import CeleriacCore
import CeleriacRedis

/// Something that is done with many dead letters: found, agreed on, done in portions, reported.
struct LetterErrand {
  let program: String
  /// `Drop`, and what follows the object in a question.
  let verb: String
  let again: String
  /// `dropped`.
  let done: String
  let letters: DeadLetters

  private static let portion = 100

  /// Does it: `body` with some at a time, of which it returns those that were gone.
  func run(
    _ choice: LetterChoice, asks: Bool, in surroundings: Surroundings,
    _ body: ([DeadLetterAddress]) async throws -> Set<DeadLetterID>
  ) async throws {
    var addresses: [DeadLetterAddress] = []
    var unknown: [DeadLetterID] = []
    switch choice {
    case .some(let ids):
      var named: Set<DeadLetterID> = []
      for id in ids where named.insert(id).inserted {
        if let letter = try await letters.letter(id) {
          addresses.append(letter.address)
        } else {
          unknown.append(id)
        }
      }
    case .all(let filter, let end):
      try await letters.forEach(before: end, where: filter.matches) { letter in
        addresses.append(letter.address)
        return true
      }
      guard !addresses.isEmpty else {
        return surroundings.print("no dead letters\(filter.text)")
      }
      if asks { try agree(on: addresses, in: surroundings) }
      // What was buried first goes first, as far as order means anything here.
      addresses.reverse()
    }
    var gone: Set<DeadLetterID> = []
    var rest = addresses[...]
    while !rest.isEmpty {
      gone.formUnion(try await body(Array(rest.prefix(Self.portion))))
      rest = rest.dropFirst(Self.portion)
    }
    let count = addresses.count - gone.count
    if count > 0 { surroundings.print("\(done): \(summary(addresses, without: gone))") }
    let missing = unknown + gone.sorted { $0.milliseconds < $1.milliseconds }
    if !missing.isEmpty { throw LetterIDs.unknown(missing, program) }
  }

  private func agree(
    on addresses: [DeadLetterAddress], in surroundings: Surroundings
  ) throws {
    let text = summary(addresses)
    guard let ask = surroundings.ask else {
      throw CommandFailure(
        .refused, "\(text) would be \(done), and nobody is there to agree; use --yes")
    }
    guard ask("\(verb) \(text)\(again)?") else {
      throw CommandFailure(.refused, "nothing was \(done)")
    }
  }

  // `3 messages (celery 2, mail 1)`
  private func summary(
    _ addresses: [DeadLetterAddress], without gone: Set<DeadLetterID> = []
  ) -> String {
    var counts: [QueueName: Int] = [:]
    for address in addresses where !gone.contains(address.id) {
      counts[address.queue, default: 0] += 1
    }
    let total = counts.values.reduce(0, +)
    let parts = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key) \($0.value)" }
    return "\(total == 1 ? "1 message" : "\(total) messages") (\(parts.joined(separator: ", ")))"
  }
}
