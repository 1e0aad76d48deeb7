extension Launch {
  /// The names of the processes that the Procfile defines.
  package func definedNames() throws(ConfigurationError) -> [String] {
    let file = try procfilePath()
    return try Procfile(parsing: try text(of: file), file: file).processes.map(\.name)
  }
}
