import Testing

/// Schedules that make no sense, found while compiling; `‸` marks where each message points.
@Suite(.timeLimit(.minutes(1)))
struct ScheduleMistakeTests {
  @Test(arguments: [
    (".crontab(‸\"61 * * * *\")", "'61' is not a minute (0–59)"),
    (".crontab(‸\"0 8-24 * * *\", in: \"Europe/Berlin\")", "'24' is not an hour (0–23)"),
    (
      "Schedule.crontab(‸\"0 0 * * mon,fry\")",
      "'fry' is not a day of the week (0–6 or sun–sat, Sunday is 0)"
    ),
    (".crontab(‸\"0 0 * 13 *\").gap(.skip)", "'13' is not a month (1–12 or jan–dec)"),
    (".crontab(‸\"0 0 31 2 *\")", "no month of '2' has a day of '31'"),
    (
      ".crontab(‸\"0 0 * *\")",
      "five fields are needed (minute, hour, day of the month, month, day of the week), not 4"
    ),
    (".crontab(‸#\"61 * * * *\"#)", "'61' is not a minute (0–59)"),
    (".crontab(‸\"\"\"\n  61 * * * *\n  \"\"\")", "'61' is not a minute (0–59)"),
    (".crontab(‸\"61\\t* * * *\")", "'61' is not a minute (0–59)"),
  ])
  func `a crontab that nothing matches is an error on its literal`(
    schedule: String, message: String
  ) {
    expectMistake("@PeriodicTask(\(schedule)) func tick() async {}", message)
  }

  @Test(arguments: [
    (".crontab(minute: ‸61)", "'61' is not a minute (0–59)"),
    (".crontab(minute: 0, hour: [8, ‸24])", "'24' is not an hour (0–23)"),
    (".crontab(minute: ‸\"*/15,60\", in: \"UTC\")", "'60' is not a minute (0–59)"),
    (".crontab(dayOfMonth: ‸0)", "'0' is not a day of the month (1–31)"),
    (".crontab(monthOfYear: ‸\"x\")", "'x' is not a month (1–12 or jan–dec)"),
    (
      ".crontab(dayOfWeek: ‸7)",
      "'7' is not a day of the week (0–6 or sun–sat, Sunday is 0)"
    ),
    (".crontab(dayOfMonth: ‸[30, 31], monthOfYear: 2)", "no month of '2' has a day of '30,31'"),
  ])
  func `fields given one by one are checked`(schedule: String, message: String) {
    expectMistake("@PeriodicTask(\(schedule)) func tick() async {}", message)
  }

  @Test(arguments: ["nightly", "\"0 0 \\(days) * *\"", "\"0 0 \" + \"* * *\""])
  func `a crontab that cannot be checked is refused`(crontab: String) {
    expectMistake(
      "@PeriodicTask(.crontab(‸\(crontab))) func tick() async {}",
      "a crontab has to be a string literal here, to be checked while compiling")
  }

  @Test(arguments: [
    (".daily(at: ‸\"24:00\")", "'24:00' is not a time of day (00:00–23:59)"),
    (".every(‸.seconds(0))", "the interval is below a millisecond"),
    (".interval(‸Duration.microseconds(10))", "the interval is below a millisecond"),
    ("runEvery: ‸.seconds(-30)", "the interval is below a millisecond"),
  ])
  func `times and intervals are checked`(schedule: String, message: String) {
    expectMistake("@PeriodicTask(\(schedule)) func tick() async {}", message)
  }

  @Test(arguments: [
    ".crontab(\"*/15 8-18 * * mon-fri\", in: \"Europe/Berlin\")",
    ".crontab(minute: 0, hour: 0, in: \"Europe/Berlin\")",
    ".crontab(minute: \"*/15\", hour: [8, 12, \"20-22\"], dayOfWeek: workdays)",
    ".daily(at: \"07:30\")", ".daily(at: time)", ".hourly", "nightly", ".every(.seconds(1_800))",
    "runEvery: .seconds(0.5)", "runEvery: interval", "runEvery: .seconds(2 * 60)",
  ])
  func `other schedules are taken`(schedule: String) {
    let expansion = Expansion(of: "@PeriodicTask(\(schedule)) func tick() async {}")
    #expect(expansion.mistakes == [])
  }
}
