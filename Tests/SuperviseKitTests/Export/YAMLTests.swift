import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct YAMLTests {
  @Test func `maps and lists are nested by their indent`() {
    let node: YAML = [
      "name": "shop", "empty": [], "none": [:],
      "services": [["name": "a", "ports": [1, 2]], ["name": "b", "on": true]],
    ]

    #expect(
      node.document == """
        name: shop
        empty: []
        none: {}
        services:
          - name: a
            ports:
              - 1
              - 2
          - name: b
            "on": true

        """)
  }

  @Test(arguments: [
    ("plain-text_1.2/x", "plain-text_1.2/x"), ("", "\"\""), ("1.0", "\"1.0\""), ("yes", "\"yes\""),
    ("Null", "\"Null\""), ("a: b", "\"a: b\""), ("# c", "\"# c\""), ("~", "\"~\""),
    ("say \"hi\"\\n", "\"say \\\"hi\\\"\\\\n\""), ("two\nlines\u{1}", "\"two\\nlines\\x01\""),
    ("- x", "\"- x\""), ("ü", "\"ü\""),
  ])
  func `only what can be nothing else stands without quotation marks`(
    text: String, written: String
  ) {
    #expect(YAML.text(text).document == written + "\n")
  }

  @Test func `an entry is added, replaced, or left out`() {
    var node: YAML = ["a": 1]

    node["b"] = "x"
    node["a"] = 2
    node["c"] = nil

    #expect(node == ["a": 2, "b": "x"])
  }
}
