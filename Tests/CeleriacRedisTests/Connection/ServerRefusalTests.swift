import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct ServerRefusalTests {
  @Test(arguments: [
    ("READONLY You can't write against a read only replica.", ServerRefusal.notReady),
    ("OOM command not allowed when used memory > 'maxmemory'.", .outOfMemory),
    // Redis 7 says it of a script, too.
    (
      "READONLY You can't write against a read only replica. script: 3f2a, on @user_script:1.",
      .notReady
    ),
    // Redis 6 wraps it.
    (
      "ERR Error running script (call to f_3f2a): @user_script:7: @user_script: 7: "
        + "-READONLY You can't write against a read only replica.", .notReady
    ),
    (
      "ERR Error running script (call to f_3f2a): @user_script:7: @user_script: 7: "
        + "-MISCONF Redis is configured to save RDB snapshots, but", .hindered
    ),
    ("NOSCRIPT No matching script. Please use EVAL.", .noScript),
    (
      "ERR Error running script (call to f_3f2a): @user_script:7: user_script:7: attempt to", .other
    ),
    ("ERR unknown command", .other), ("", .other),
  ])
  func `a refusal is told by its code, also where a script's error wraps it`(
    line: String, kind: ServerRefusal
  ) {
    #expect(ServerRefusal(line) == kind)
  }
}
