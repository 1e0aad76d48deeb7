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

  // What a script gets from `redis.pcall` and hands on, and what it raises, as Redis 6.2 has it.
  @Test(arguments: [
    ("@user_script: 1: -READONLY You can't write against a read only replica.", "READONLY"),
    (
      "ERR Error running script (call to f_0e80): @user_script:1: @user_script: 1: -OOM command not "
        + "allowed when used memory > 'maxmemory'.", "OOM"
    ),
    (
      "ERR Error running script (call to f_d215): @user_script:1: WRONGTYPE Operation against a key "
        + "holding the wrong kind of value", "WRONGTYPE"
    ),
    (
      "@user_script: 1: The user executing the script can't access at least one of the keys "
        + "mentioned in the command arguments", "NOPERM"
    ),
    // As Redis 7.0 has it.
    (
      "ERR The user executing the script can't run this command or subcommand script: d215, "
        + "on @user_script:1.", "NOPERM"
    ),
    ("WRONGTYPE Operation against a key holding the wrong kind of value", "WRONGTYPE"),
  ])
  func `the code of a refusal is found inside of a script's error`(line: String, code: String) {
    #expect(ServerRefusal.code(of: line) == code)
  }

  @Test func `a refusal is explained as well where a script's error wraps it`() {
    let line = "ERR Error running script (call to f_0e80): @user_script:1: @user_script: 1: -OOM no"
    #expect(RedisError(.outOfMemory, "redis", line).explanation?.contains("maxmemory") == true)
  }
}
