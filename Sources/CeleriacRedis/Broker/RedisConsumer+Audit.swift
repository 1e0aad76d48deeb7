import CeleriacCore
import Logging
import Synchronization

/// What a worker believes to be registered under its name.
struct Stock {
  /// Batches that may hold messages.
  let batches: Set<Int>
  /// The batches that the lanes wait with, or are about to.
  let waits: [Int: Int]
}

extension RedisConsumer.State {
  /// What is believed now.
  ///
  /// All that changes it on the server has gone before over the same connection, or is on its way and
  /// counts as a batch that may hold messages.
  var stock: Stock {
    var waits: [Int: Int] = [:]
    for (index, lane) in lanes.enumerated() {
      switch lane.state {
      case .registered(let batch), .waiting(let batch): waits[index] = batch
      case .idle: break
      }
    }
    return Stock(batches: book.known.union(waits.values), waits: waits)
  }
}

/// What was found to differ between the server and what a worker believes.
struct Discrepancies {
  /// Batches that nobody knows of; whatever is in them goes back.
  var strays: [Int] = []
  /// Lanes that wait with a batch that the server does not know, and their lists.
  var unregistered: [(batch: Int, list: String)] = []
}

extension RedisConsumer {
  /// Compares what the server has under this worker's name with what the worker believed when it asked.
  ///
  /// They differ where a request has come later than anybody reckoned with, and where the server has come
  /// back with older data than it had: a snapshot, a log whose end is lost, a replica that was behind.
  /// Without this, a message in such a batch would be on loan for as long as the worker lives.
  func audit(_ batches: [Int], of worker: String, against stock: Stock) {
    let found = state.withLock { state -> Discrepancies in
      guard state.book.worker == worker, !state.isClosed else { return Discrepancies() }
      return state.compare(Set(batches), with: stock)
    }
    for (batch, list) in found.unregistered {
      var call = RedisBatch()
      call.append("HSETNX", Keys.loans(worker), batch, (isVisible ? "\0" : "") + list)
      commands.submit(call) { _ in }
    }
    guard !found.strays.isEmpty else { return }
    logger.notice(
      "the server has batches of this worker that it does not know: what is in them goes back",
      metadata: ["count": "\(found.strays.count)"])
    tick()
  }
}

extension RedisConsumer.State {
  fileprivate mutating func compare(_ batches: Set<Int>, with stock: Stock) -> Discrepancies {
    var found = Discrepancies()
    found.strays = batches.subtracting(stock.batches).sorted()
    for batch in found.strays { book.suspect(batch, for: .zero) }
    for (index, batch) in stock.waits where !batches.contains(batch) {
      switch lanes[index].state {
      // The next request registers another.
      case .registered(batch): lanes[index].state = .idle
      case .waiting(batch): found.unregistered.append((batch, lanes[index].list))
      default: break
      }
    }
    return found
  }
}
