import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ControlRequestTests {
  @Test(arguments: [
    ControlRequest.status([]), .status(["worker"]), .start(["all"], .accepted),
    .stop(["worker.2", "beat"], .reached(within: nil)),
    .restart(["web"], .reached(within: .seconds(3))), .reload, .signal(10, ["web"]),
    .scale([.init("worker", 6), .init("web", 0)]), .logs([], lines: 0, .follows),
    .logs(["web"], lines: 7, .stops), .events, .metrics, .wait(["web"], .milliseconds(1500)),
    .wait(["web"], nil), .attach("web", .init(rows: 50, columns: 132)),
    .resize("web", .init(rows: 24, columns: 80)), .quit,
  ])
  func `a request arrives as it was sent`(_ request: ControlRequest) throws {
    let json = try #require(JSON(reading: request.json.line))

    #expect(try ControlRequest(json) == request)
  }

  @Test(arguments: [
    "[]", "{}", #"{"command":7}"#, #"{"command":"dance"}"#, #"{"command":"stop"}"#,
    #"{"command":"stop","names":[]}"#, #"{"command":"stop","names":"web"}"#,
    #"{"command":"stop","names":["web",7]}"#, #"{"command":"signal","names":["web"]}"#,
    #"{"command":"signal","names":["web"],"signal":0}"#,
    #"{"command":"signal","names":["web"],"signal":99999999999}"#,
    #"{"command":"scale"}"#, #"{"command":"scale","counts":{}}"#,
    #"{"command":"scale","counts":{"web":-1}}"#, #"{"command":"scale","counts":{"web":1001}}"#,
    #"{"command":"scale","counts":["web"]}"#,
    #"{"command":"wait","names":["web"],"timeout_ms":-1}"#,
    #"{"command":"wait","names":["web"],"timeout_ms":9000000000000000000}"#,
  ])
  func `what makes no sense is refused with a reason`(_ text: String) throws {
    let json = try #require(JSON(reading: text))

    let error = #expect(throws: ControlError.self) { try ControlRequest(json) }
    #expect(error?.code == .badRequest)
    #expect(error?.detail.isEmpty == false)
  }

  @Test func `an error arrives as it was sent`() throws {
    let error = ControlError(.unknownName, "no \"x\"")

    #expect(ControlError(try #require(JSON(reading: error.json.line))) == error)
    #expect(ControlError(["ok": true]) == nil)
  }

  @Test func `the state of a process arrives as it was sent`() throws {
    var status = ProcessStatus(name: "web.1", kind: "web", state: "ready", port: 5000)
    #expect(ProcessStatus(try #require(JSON(reading: status.json.line))) == status)

    status.note = "serving"
    status.pid = 81
    status.up = .milliseconds(1234)
    status.restarts = 2
    status.lastExit = "SIGKILL"
    status.busy = 3
    status.cpuSeconds = 0.25
    status.residentBytes = 1 << 20
    status.build = "1f3c9a02"
    status.isOutdated = true
    status.logLines = 7
    status.errorLines = 1
    #expect(ProcessStatus(try #require(JSON(reading: status.json.line))) == status)
  }
}
