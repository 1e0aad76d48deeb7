import CeleriacSchedule
import Testing

@testable import CeleriacCLI

@Suite(.timeLimit(.minutes(1)))
struct BannerTests {
  @Test func `a worker says who it is, and hides the password`() throws {
    let session = try Shell(environment: [
      "CELERIAC_BROKER_URL": "redis://ada:secret@localhost/0", "CELERIAC_CONCURRENCY": "4",
      "CELERIAC_HOSTNAME": "w1@host",
    ]).session()

    #expect(
      Banner.worker(session, runsBeat: false) == """

         w1@host  app 1.2, Celeriac \(Release.version)

        [config]
          .> broker:       redis://ada:**@localhost:6379/0
          .> results:      with the messages
          .> concurrency:  4, and 50 ms of work held ready
          .> stop:         within 1 min

        [queues]
          .> celery
          .> mail

        [tasks]
          . mail.digest()
          . mail.send(to: String)
          . math.add(x: Int, y: Int)
          . sync()

        [schedule]  sent by 'beat', not by this worker
          . mail.digest  0 0 * * * Europe/Berlin
          . sync         every 30 s

        """)
  }

  @Test func `beat says what comes next`() throws {
    let session = try Shell(environment: ["CELERIAC_BROKER_URL": "redis://:secret@localhost"])
      .session()
    let now = try #require(Timestamp(iso8601: "2026-11-22T20:30:00+00:00"))

    #expect(
      Banner.beat(session, at: now) == """

         beat  app 1.2, Celeriac \(Release.version)

        [config]
          .> broker:  redis://:**@localhost:6379/0

        [schedule]
          . mail.digest  0 0 * * * Europe/Berlin  2026-11-23 00:00:00 Europe/Berlin (in 2 h 30 min)
          . sync         every 30 s

        """)
  }

  @Test func `an interval fires next where its anchor says`() throws {
    let now = try #require(Timestamp(iso8601: "2026-11-22T12:00:45+00:00"))
    let anchor = try #require(Timestamp(iso8601: "2026-11-22T12:00:00+00:00"))
    let firings = FiringText(now: now)

    #expect(
      firings.next(.every(.seconds(30)), anchor: anchor) == "2026-11-22 12:01:00 UTC (in 15 s)")
  }

  @Test func `a schedule that makes no sense never fires, and says why`() {
    let firings = FiringText(now: .epoch)

    #expect(firings.next(.crontab("61 * * * *"), anchor: nil).hasPrefix("never: "))
    #expect(firings.next(.daily(at: "07:30", in: "Mars/Base"), anchor: nil).hasPrefix("never: "))
  }
}
