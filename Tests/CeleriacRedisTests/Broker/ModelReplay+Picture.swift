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
          loans.append(lease.batches[batch].slots[index].message.map { "\($0)" } ?? "settled")
        }
        picture["\(name):\(numbers[name][batch])"] = loans
      }
    }
    return picture
  }

  func seen() async throws -> Picture {
    var picture: Picture = [:]
    for list in 0..<List.count {
      picture["list \(list)"] = try await redis.list(Self.keys[list]).sorted()
    }
    let scheduled = try await redis("ZRANGE", Keys.scheduled("q"), "0", "-1").array ?? []
    picture["scheduled"] = scheduled.compactMap(\.text).map { String($0.dropFirst()) }.sorted()
    let dead = try await redis("XRANGE", Keys.dead, "-", "+").array ?? []
    picture["dead"] = dead.compactMap { $0.array?.last?.array?.last?.text }.sorted()
    var results: [String] = []
    for message in 0..<Self.messages {
      let record = try await redis("GET", Keys.result(TaskID("\(message)"))).text
      results.append(record.map { $0 == "other" ? $0 : "success" } ?? "none")
    }
    picture["results"] = results
    for name in 0..<Server.leaseCount { picture.merge(try await seenLoans(of: name)) { $1 } }
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
        ["from \(Self.keys.firstIndex(of: list) ?? -1)"]
        + loans.compactMap(\.text).map { $0.hasPrefix("\0settled") ? "settled" : $0 }
    }
    return picture
  }

  private static let keys = ["q"] + (1..<List.count).map { "celeriac:suspects:\($0):q" }
}
