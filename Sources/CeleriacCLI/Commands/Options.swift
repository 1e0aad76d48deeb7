import ArgumentParser

/// Where the Redis of a command is.
struct BrokerOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where messages wait.", valueName: "url"))
  var broker: String?

  @Option(help: ArgumentHelp("Where results wait, or 'broker'.", valueName: "url"))
  var resultBackend: String?

  var flags: [String: String] {
    FlagTexts.of(("--broker", broker), ("--result-backend", resultBackend))
  }
}

/// How the log of a command looks.
struct LogOptions: ParsableArguments {
  @Option(
    name: [.customShort("l"), .customLong("loglevel")],
    help: ArgumentHelp(
      "trace, debug, info, notice, warning, error or critical.", valueName: "level"))
  var logLevel: String?

  @Option(help: ArgumentHelp("'text' for people, 'json' for machines.", valueName: "format"))
  var logFormat: String?

  var flags: [String: String] {
    FlagTexts.of(("--loglevel", logLevel), ("--log-format", logFormat))
  }
}

/// Options as settings read them: what was given, by name.
enum FlagTexts {
  static func of(_ flags: (name: String, text: String?)...) -> [String: String] {
    var texts: [String: String] = [:]
    for flag in flags { texts[flag.name] = flag.text }
    return texts
  }
}
