/// One of the few messages a model is about, from 0.
package typealias MessageNumber = UInt8

/// Some messages, each any number of times up to three.
///
/// More than one of a kind never happens in a sound protocol; a model that could not say it would
/// not find the unsound ones.
package struct Bag: Equatable, Sendable {
  // Two bits a message.
  private var counts: UInt8 = 0

  package init() {}

  package var isEmpty: Bool { counts == 0 }

  package func count(of message: MessageNumber) -> Int {
    Int(counts >> (2 * message) & 3)
  }

  package func contains(_ message: MessageNumber) -> Bool {
    counts >> (2 * message) & 3 != 0
  }

  package mutating func insert(_ message: MessageNumber) {
    if count(of: message) < 3 { counts += 1 << (2 * message) }
  }

  package mutating func remove(_ message: MessageNumber) {
    precondition(contains(message), "message \(message) is not here")
    counts -= 1 << (2 * message)
  }

  package mutating func removeAll() { counts = 0 }

  /// How many there are, all kinds together.
  package var total: Int { count(of: 0) + count(of: 1) + count(of: 2) }

  /// The same with two messages renamed into each other.
  func swapping(_ a: MessageNumber, _ b: MessageNumber) -> Bag {
    let first = counts >> (2 * a) & 3
    let second = counts >> (2 * b) & 3
    var bag = self
    bag.counts &= ~(3 << (2 * a) | 3 << (2 * b))
    bag.counts |= second << (2 * a) | first << (2 * b)
    return bag
  }
}
