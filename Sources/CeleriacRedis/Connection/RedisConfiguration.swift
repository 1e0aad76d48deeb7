/// How a connection is made and how long it waits.
package struct RedisConfiguration: Sendable {
  /// The server.
  package var url: RedisURL
  /// What `CLIENT LIST` shows for the connection.
  package var clientName: String
  /// How long a command may take, from the call to its reply, unless it says otherwise.
  package var commandTimeout: Duration
  /// How long connecting and the handshake may take together.
  ///
  /// Two seconds and a wait of at most one let a connection return within two seconds of its
  /// server.
  package var attemptTimeout: Duration
  /// The waits between attempts.
  package var backoff: Backoff

  /// The defaults for a server.
  package init(
    _ url: RedisURL, clientName: String = "celeriac", commandTimeout: Duration = .seconds(5),
    attemptTimeout: Duration = .seconds(2), backoff: Backoff = Backoff()
  ) {
    self.url = url
    self.clientName = clientName
    self.commandTimeout = commandTimeout
    self.attemptTimeout = attemptTimeout
    self.backoff = backoff
  }
}

/// What happens to a connection, told once each, so that its owner can log it.
package enum RedisConnectionEvent: Sendable, Equatable {
  /// The connection serves commands, for the first time or again.
  case connected
  /// It serves none any more, or could not be made; attempts go on without further notice.
  case lost(RedisError)
  /// The server refuses this client for good; no attempt follows.
  case gaveUp(RedisError)
}
