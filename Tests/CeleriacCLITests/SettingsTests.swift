import CeleriacCore
import CeleriacRedis
import Testing

@testable import CeleriacCLI

@Suite(.timeLimit(.minutes(1)))
struct SettingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let code: Int?
    let variable: String?
    let flag: String?
    let value: Int
    let source: SettingSource
    var testDescription: String { "\(source)" }
  }

  @Test(arguments: [
    Case(code: nil, variable: nil, flag: nil, value: 1, source: .standard),
    Case(code: 2, variable: nil, flag: nil, value: 2, source: .code),
    Case(code: 2, variable: "", flag: nil, value: 2, source: .code),
    Case(
      code: 2, variable: "3", flag: nil, value: 3,
      source: .environment("CELERIAC_CONCURRENCY")),
    Case(code: 2, variable: "3", flag: "4", value: 4, source: .flag("--concurrency")),
    Case(code: nil, variable: nil, flag: "4", value: 4, source: .flag("--concurrency")),
  ])
  func `a flag overrules a variable, which overrules the code`(_ example: Case) throws {
    var texts = SettingTexts(environment: [:])
    texts.environment["CELERIAC_CONCURRENCY"] = example.variable
    texts.flags["--concurrency"] = example.flag

    let found = try texts.value(of: .concurrency, code: example.code, otherwise: 1)

    #expect(found.value == example.value)
    #expect(found.source == example.source)
  }

  @Test(arguments: [
    (["CELERIAC_BROKER_URL", "CELERY_BROKER_URL", "BROKER_URL"], "CELERIAC_BROKER_URL"),
    (["CELERY_BROKER_URL", "BROKER_URL"], "CELERY_BROKER_URL"),
    (["BROKER_URL"], "BROKER_URL"),
  ])
  func `a broker is known by three names`(variables: [String], strongest: String) throws {
    var environment: [String: String] = [:]
    for (index, name) in variables.enumerated() { environment[name] = "redis://host\(index)/0" }

    let settings = try Settings(Configuration(), SettingTexts(environment: environment))

    #expect(settings.broker.source == .environment(strongest))
    #expect(settings.broker.value.description == "redis://host0:6379/0")
  }

  @Test func `without a word, everything has its default`() throws {
    let settings = try Settings(
      Configuration(), SettingTexts(environment: [:]), taskQueues: ["mail", "celery"])

    #expect(settings.broker.value.description == "redis://localhost:6379/0")
    #expect(settings.results.value == nil)
    #expect(settings.queues.value == ["celery", "mail"])
    #expect(settings.prefetch.value == nil)
    #expect(settings.rows.allSatisfy { $0.source == "default" })
  }

  @Test func `what can't be read names the variable, the value and what is expected`() {
    let error = #expect(throws: SettingError.self) {
      try Settings(
        Configuration(), SettingTexts(environment: ["CELERIAC_CONCURRENCY": "many"]))
    }

    #expect(
      error?.description
        == "CELERIAC_CONCURRENCY is 'many'; expected is a whole number from 1 to 100000")
  }

  @Test func `a blank between queues is no separator, and one beside a comma no matter`() throws {
    let error = #expect(throws: SettingError.self) {
      try Settings(Configuration(), SettingTexts(environment: ["CELERIAC_QUEUES": "celery mail"]))
    }
    let settings = try Settings(
      Configuration(), SettingTexts(environment: ["CELERIAC_QUEUES": "celery , mail"]))

    #expect(error?.description.hasPrefix("CELERIAC_QUEUES is 'celery mail'; ") == true)
    #expect(settings.queues.value == ["celery", "mail"])
  }

  @Test(arguments: [
    ("own", LoanVisibility.own), ("celery", .celery(timeout: .seconds(3600))),
    ("celery:90s", .celery(timeout: .seconds(90))), ("celery:0s", nil), ("celery:", nil),
    ("python", nil), ("own:1h", nil),
  ])
  func `who sees what is on loan is one of two, with a time`(
    text: String, visibility: LoanVisibility?
  ) {
    let settings = try? Settings(
      Configuration(), SettingTexts(environment: ["CELERIAC_VISIBILITY": text]))

    #expect(settings?.visibility.value == visibility)
  }

  @Test(arguments: [
    "rediss://ada:secret@host", "redis:/ada:secret@host", "ada:secret@host",
    "redis://ada:secret@host:x", "redis://:secret@host:x/@/0",
  ])
  func `a broker that can't be read shows no password`(url: String) {
    let byVariable = #expect(throws: SettingError.self) {
      try Settings(Configuration(), SettingTexts(environment: ["CELERIAC_BROKER_URL": url]))
    }
    let byCode = #expect(throws: SettingError.self) {
      try Settings(Configuration(broker: url), SettingTexts(environment: [:]))
    }

    #expect(byVariable?.description.contains("secret") == false)
    #expect(byCode?.description.contains("secret") == false)
  }

  @Test(arguments: [
    ("CELERIAC_BROKER_URL", "CELERIAC_BROKER_URL is 'rediss://**@host'; "),
    ("CELERIAC_RESULT_BACKEND", "CELERIAC_RESULT_BACKEND is 'rediss://**@host'; "),
  ])
  func `TLS is refused with a sentence, and the variable that asks for it`(
    variable: String, beginning: String
  ) {
    let error = #expect(throws: SettingError.self) {
      try Settings(
        Configuration(), SettingTexts(environment: [variable: "rediss://ada:secret@host"]))
    }

    #expect(error?.description.hasPrefix(beginning) == true)
    #expect(error?.description.contains("hiredis 0.14 has no TLS; use redis:// through") == true)
  }

  @Test func `TLS is refused in the code and on the command line too`() {
    let byFlag = #expect(throws: SettingError.self) {
      try Settings(
        Configuration(),
        SettingTexts(environment: [:], flags: ["--result-backend": "rediss://host"]))
    }
    let byCode = #expect(throws: SettingError.self) {
      try Settings(
        Configuration(results: .redis("rediss://host")), SettingTexts(environment: [:]))
    }

    #expect(byFlag?.description.hasPrefix("--result-backend is 'rediss://host'; hired") == true)
    #expect(byCode?.description.hasPrefix("the results in the code is 'rediss://host'; h") == true)
  }

  @Test func `a password that stands at the end of a URL is hidden too`() {
    let error = #expect(throws: SettingError.self) {
      try Settings(
        Configuration(),
        SettingTexts(environment: ["CELERIAC_BROKER_URL": "rediss://host?password=secret&db=1"]))
    }

    #expect(error?.description.contains("'rediss://host?password=**&db=1'") == true)
  }

  @Test func `settings in a list hide passwords`() throws {
    let environment = [
      "CELERIAC_BROKER_URL": "redis://ada:secret@host/1",
      "CELERIAC_RESULT_BACKEND": "redis://:secret@host/2",
    ]
    let settings = try Settings(Configuration(), SettingTexts(environment: environment))

    #expect(settings.rows[0].value == "redis://ada:**@host:6379/1")
    #expect(!settings.rows.contains { $0.value.contains("secret") })
  }

  @Test(arguments: [
    ("30", 30_000), ("1.5", 1500), ("500ms", 500), ("30s", 30_000), ("2m", 120_000),
    ("1h", 3_600_000), ("7d", 604_800_000), ("0", 0),
  ])
  func `durations have units`(text: String, milliseconds: Int) {
    #expect(DurationText.read(text) == .milliseconds(milliseconds))
  }

  @Test(arguments: ["", "s", "-1", "1e9", "1 s", "inf", "nan", "99999999999", "1w", "0x10"])
  func `what is no duration is none`(text: String) {
    #expect(DurationText.read(text) == nil)
  }

  @Test(arguments: [
    ("w1@%h", "w1@a.example.org"), ("w1@%n", "w1@a"), ("w@%d", "w@example.org"),
    ("%%@x", "%@x"), ("node", "celery@node"), ("w1@", "w1@a.example.org"),
  ])
  func `a node name is a pattern of Celery's`(pattern: String, name: String) {
    #expect(NodeName(pattern: pattern, host: "a.example.org").description == name)
  }

  @Test func `a supervisor's places are told apart`() throws {
    let settings = try Settings(
      Configuration(), SettingTexts(environment: ["SUPERVISE_INSTANCE": "worker.2"]))

    #expect(settings.hostname.value.description.hasPrefix("worker.2@"))
  }
}
