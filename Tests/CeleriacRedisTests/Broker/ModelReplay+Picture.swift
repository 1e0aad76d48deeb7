import CeleriacCore
import DeliveryModel

@testable import CeleriacRedis

extension ModelReplay {
  /// Where each message is, in words: the contents of each place.
  typealias Picture = [String: [String]]

  var expected: Picture {
    var picture: Picture = [:]
    let all = 0..<Self.messages
    func words(_ bag: Bag) -> [String] {
      all.flatMap { Array(repeating: "\($0)", count: bag.count(of: $0)) }
    }
    for list in 0..<List.count { picture["list \(list)"] = words(server.lists[list]) }
    picture["scheduled"] = words(server.scheduled)
    picture["dead"] = words(server.dead)
    picture["results"] = all.map { "\(server.results[Int($0)])" }
    for name in 0..<Server.leaseCount where server.leases[name].exists {
      let lease = server.leases[name]
      picture["\(name)"] = [lease.isLive ? "live" : "fenced"]
      for batch in 0..<Server.batchCount where lease.batches[batch].isRegistered {
        var loans = ["from \(lease.batches[batch].list)"]
        for index in 0..<2 where lease.batches[batch].slots[index] != .nothing {
          let message = lease.batches[batch].slots[index].message
          loans.append(message.map { "\($0)" } ?? "settled")
          let number = workers.numbers[name][batch]
          guard isVisible, message != nil,
            !workers.unadopted.contains(Keys.loan(worker(name), number))
          else { continue }
          picture["shown", default: []].append("celeriac:\(worker(name)):\(number):\(index)")
        }
        picture["\(name):\(workers.numbers[name][batch])"] = loans
      }
    }
    picture["shown"]?.sort()
    return picture
  }

  func seen() async throws -> Picture {
    var picture: Picture = [:]
    for list in 0..<List.count {
      picture["list \(list)"] = try await redis.list(Self.keys[list]).map(Self.word).sorted()
    }
    let scheduled = try await redis("ZRANGE", Keys.scheduled("q"), "0", "-1").array ?? []
    picture["scheduled"] = scheduled.compactMap(\.text)
      .map { Self.word(String($0.dropFirst())) }.sorted()
    let dead = try await redis("XRANGE", Keys.dead, "-", "+").array ?? []
    picture["dead"] = dead.compactMap { $0.array?.last?.array?.last?.text }.map(Self.word).sorted()
    var results: [String] = []
    for message in 0..<Self.messages {
      let record = try await redis("GET", Keys.result(TaskID("\(message)"))).text
      results.append(record.map { $0 == "other" ? $0 : "success" } ?? "none")
    }
    picture["results"] = results
    for name in 0..<Server.leaseCount { picture.merge(try await seenLoans(of: name)) { $1 } }
    let shown = try await redis("HKEYS", "unacked").array?.compactMap(\.text) ?? []
    if !shown.isEmpty { picture["shown"] = shown.sorted() }
    return picture
  }

  private func seenLoans(of name: Int) async throws -> Picture {
    let words = try await redis("HGETALL", Keys.loans(worker(name))).array?.compactMap(\.text) ?? []
    let fields = Dictionary(
      uniqueKeysWithValues: stride(from: 0, to: words.count, by: 2).map {
        (words[$0], words[$0 + 1])
      })
    guard !fields.isEmpty else { return [:] }
    var picture: Picture = ["\(name)": [fields["live"] == nil ? "fenced" : "live"]]
    for (field, list) in fields {
      guard let number = Int(field) else { continue }
      let loans = try await redis("LRANGE", Keys.loan(worker(name), number), "0", "-1").array ?? []
      picture["\(name):\(number)"] =
        ["from \(Self.keys.firstIndex(of: list.trimmingZero) ?? -1)"]
        + loans.compactMap(\.text).map(Self.word)
    }
    return picture
  }

  private static func word(_ text: String) -> String {
    text.hasPrefix("\0settled") ? "settled" : message(text).map { "\($0)" } ?? text
  }

  private static let keys = ["q"] + (1..<List.count).map { "celeriac:suspects:\($0):q" }
}

extension String {
  // What stands before the list of a batch that has not been adopted.
  fileprivate var trimmingZero: String { hasPrefix("\0") ? String(dropFirst()) : self }
}
