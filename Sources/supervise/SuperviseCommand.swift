import ArgumentParser
import Glibc
import SuperviseKit

struct SuperviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supervise",
    abstract: "Runs the processes of a Procfile, and reloads them when their build has changed.",
    subcommands: [Dev.self, Prod.self])
}

struct Dev: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Runs while you develop.")
  @OptionGroup var formation: FormationOptions
  func run() throws { try formation.supervise(.development) }
}

struct Prod: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Runs in production.")
  @OptionGroup var formation: FormationOptions
  func run() throws { try formation.supervise(.production) }
}

struct FormationOptions: ParsableArguments {
  @Option(name: [.customShort("f"), .customLong("procfile")]) var procfile: String?
  @Option(name: [.customShort("c"), .customLong("formation")]) var counts: String = ""
  @Flag(name: .customLong("no-time")) var noTime = false
  @Argument var names: [String] = []

  func supervise(_ mode: Mode) throws {
    do {
      let options = try Loader.load(
        mode, procfile: procfile, counts: counts, names: names, noTime: noTime)
      let supervisor = try Supervisor(options)
      throw ArgumentParser.ExitCode(supervisor.run())
    } catch let error as ConfigurationError {
      let text = "supervise: \(error)\n"
      _ = write(STDERR_FILENO, text, text.utf8.count)
      throw ArgumentParser.ExitCode(78)
    }
  }
}

enum Loader {
  static func load(_ mode: Mode, procfile: String?, counts: String, names: [String], noTime: Bool)
    throws -> SuperviseOptions
  {
    let file = procfile ?? "Procfile"
    guard let handle = fopen(file, "r") else { throw ConfigurationError(file, "not there") }
    var text: [UInt8] = []
    var c = fgetc(handle)
    while c != EOF { text.append(UInt8(c)); c = fgetc(handle) }
    fclose(handle)
    let parsed = try Procfile(parsing: String(decoding: text, as: UTF8.self), file: file)
    let formation = try Formation(parsed, counts: counts, only: names)
    var style = LogStyle()
    style.terminal = isatty(1) == 1
    style.colour = style.terminal && getenv("NO_COLOR") == nil
    style.time = !noTime
    var variables: [String: String] = [:]
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      if let equal = text.firstIndex(of: "=") {
        variables[String(text[..<equal])] = String(text[text.index(after: equal)...])
      }
      entry += 1
    }
    let cwd = getcwd(nil, 0)
    defer { free(cwd) }
    return SuperviseOptions(
      mode: mode, formation: formation, environment: Environment(variables),
      directory: cwd.map { String(cString: $0) } ?? "/", style: style)
  }
}
