import Glibc
import TestSupport
import Testing

/// What a process has mapped from beside its executable is a reason to replace it, as the executable is.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct LoadedFileTests {
  @Test func `a library that is built anew replaces those who have loaded it`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd\nworker: bin/app\nother: bin/sleep 96",
      "app.c": """
      #include <stdio.h>
      #include <unistd.h>
      const char *word(void);
      int main(void) {
        printf("worker says %s\\n", word()); fflush(stdout);
        write(3, "READY=1\\n", 8);
        for (;;) pause();
      }
      """,
    ])
    func make(_ word: String) throws {
      try run.write("const char *word(void) { return \"\(word)\"; }", to: "word.c")
      let line = "clang -shared -fPIC -o lib.new word.c && mv lib.new bin/libword.so"
      #expect(Shell.run(line, in: run.folder) == 0)
    }
    Shell.run("mkdir bin; cp /bin/sleep bin/", in: run.folder)
    try make("one")
    let link = "clang -o bin/app app.c -Lbin -lword -Wl,-rpath,'$ORIGIN'"
    #expect(Shell.run(link, in: run.folder) == 0)
    try run.start("dev", "--no-build")
    try run.expectAll("worker says one", "worker is ready")

    try make("two")
    try run.expectAll("worker says two", "reload #1: libword.so changed, worker in")
    try make("three")
    try run.expect("reload #2: libword.so changed, worker in")

    #expect(run.lines.contains { $0.has("worker says three") })
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("other started") } == 1)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `resources that are built anew replace those who have mapped them`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd\nworker: bin/app\nother: bin/sleep 95",
      "app.c": """
      #include <fcntl.h>
      #include <stdio.h>
      #include <sys/mman.h>
      #include <unistd.h>
      int main(void) {
        int file = open("bin/shop_app.resources/words.txt", O_RDONLY);
        const char *words = mmap(NULL, 4, PROT_READ, MAP_PRIVATE, file, 0);
        close(file);
        if (words == MAP_FAILED) return 1;
        printf("worker says %.3s\\n", words); fflush(stdout);
        write(3, "READY=1\\n", 8);
        for (;;) pause();
      }
      """,
    ])
    func write(_ word: String) throws {
      let line = "echo \(word) >new && mv new bin/shop_app.resources/words.txt"
      #expect(Shell.run(line, in: run.folder) == 0)
    }
    let make = "mkdir -p bin/shop_app.resources; cp /bin/sleep bin/; clang -o bin/app app.c"
    #expect(Shell.run(make, in: run.folder) == 0)
    try write("one")
    try run.start("dev", "--no-build")
    try run.expectAll("worker says one", "worker is ready")

    try write("two")
    try run.expectAll("worker says two", "reload #1: words.txt changed, worker in")
    try write("six")
    try run.expectAll("worker says six", "reload #2: words.txt changed, worker in")

    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("other started") } == 1)
    #expect(run.survivorsAfterWaiting() == [])
  }
}
