require("fs").mkdirSync("out"); require("fs").writeFileSync("out/index.html", "<p>made</p>")
