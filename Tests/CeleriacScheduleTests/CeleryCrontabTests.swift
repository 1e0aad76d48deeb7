import CeleriacSchedule
import Foundation
import Testing

/// What Celery's own crontabs do, recorded by `Fixtures/crontabs.py`.
@Suite(.timeLimit(.minutes(1)))
struct CeleryCrontabTests {
  private struct Recording: Decodable {
    let cases: [Case]

    struct Case: Decodable {
      let crontab: String
      let zone: String
      let after: Double
      /// Nothing where Celery refuses the crontab or finds no firing.
      let due: [Double]
    }
  }

  @Test func `a crontab fires when Celery's does`() throws {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/crontabs", withExtension: "json"))
    let recording = try JSONDecoder().decode(Recording.self, from: Data(contentsOf: url))

    #expect(recording.cases.count >= 400)
    for example in recording.cases {
      #expect(try firings(of: example) == example.due, "\(example)")
    }
  }

  private func firings(of example: Recording.Case) throws -> [Double] {
    guard let crontab = try? Crontab(example.crontab) else { return [] }
    let zone = try Zone.installed(example.zone)
    var instant = Timestamp(secondsSince1970: example.after)
    return try example.due.map { _ in
      instant = try #require(crontab.next(after: instant, in: zone))
      return instant.secondsSince1970
    }
  }
}
