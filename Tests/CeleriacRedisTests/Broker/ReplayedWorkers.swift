import CeleriacCore
import DeliveryModel

@testable import CeleriacRedis

/// What the workers of a replay know: which batches of the model are which real ones, and what is in them.
///
/// The model uses a batch again when it is empty; a real one has a number of its own.
struct ReplayedWorkers {
  /// A message that a worker has taken, settled or not.
  struct Held {
    let name: Int
    let batch: Int
    let index: Int
    let message: MessageNumber
    let loan: Loan
    let bytes: [UInt8]
  }

  var books = (0..<Server.leaseCount).map { LoanBook(base: "w\($0)") }
  var now = ContinuousClock.now
  /// Batches that were registered to be waited with.
  var lanes: [(name: Int, batch: Int)] = []
  /// The keys of batches that were waited with, and have not been adopted.
  var unadopted: Set<String> = []
  private(set) var held: [Held] = []
  /// The real number of each of the model's batches.
  private(set) var numbers = [[Int]](
    repeating: Array(repeating: 0, count: Server.batchCount), count: Server.leaseCount)

  /// A batch that holds nothing, and that no lost request may still fill.
  func freeBatch(of name: Int, besides other: Int? = nil, on server: Server) -> Int? {
    let reclaims = books[name].reclaims(at: now)
    let doubted = Set(reclaims.open + reclaims.last)
    return (0..<Server.batchCount).first { batch in
      let state = server.leases[name].batches[batch]
      return batch != other && !state.isRegistered && state.isEmpty
        && !doubted.contains(numbers[name][batch])
    }
  }

  /// Gives a batch its next number.
  mutating func claim(_ batch: Int, of name: Int) -> Int {
    numbers[name][batch] = books[name].reserve(1)
    held.removeAll { $0.name == name && $0.batch == batch }
    return numbers[name][batch]
  }

  /// Enters what a request has brought.
  mutating func enter(
    _ bytes: [[UInt8]], _ messages: [MessageNumber], _ name: Int, _ batch: Int
  ) {
    let deliveries = books[name].enter(numbers[name][batch], messages: bytes, queue: "q")
    for (index, delivery) in deliveries.enumerated() {
      held.append(
        Held(
          name: name, batch: batch, index: index, message: messages[index], loan: delivery.loan,
          bytes: bytes[index]))
    }
  }

  /// Notes that a batch may hold what its worker has not heard of.
  mutating func suspect(_ batch: Int, of name: Int) {
    books[name].suspect(numbers[name][batch], for: .seconds(10))
  }

  /// Lets a worker start anew.
  mutating func forget(_ name: Int) {
    held.removeAll { $0.name == name }
    lanes.removeAll { $0.name == name }
    _ = books[name].startAnew()
  }

  /// The model's batches that have these numbers, as bits.
  func bits(_ numbers: [Int], of name: Int) -> UInt8 {
    numbers.reduce(0) { bits, number in
      guard let batch = self.numbers[name].firstIndex(of: number) else { return bits }
      return bits | 1 << UInt8(batch)
    }
  }
}
