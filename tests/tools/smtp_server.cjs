// Runs the package smtp-server on a free port of 127.0.0.1 and prints a line of JSON for
// its port, and one for each message. An argument of JSON gives its options.
const { SMTPServer } = require("smtp-server");

const say = (data) => process.stdout.write(JSON.stringify(data) + "\n");

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["AUTH", "STARTTLS"],
  disableReverseLookup: true,
  ...JSON.parse(process.argv[2] || "{}"),
  onRcptTo(address, session, done) {
    if (address.address.startsWith("unknown")) {
      const error = new Error("5.1.1 no such user");
      error.responseCode = 550;
      return done(error);
    }
    return done();
  },
  onData(stream, session, done) {
    const pieces = [];
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("end", () => {
      say({
        sender: session.envelope.mailFrom.address,
        recipients: session.envelope.rcptTo.map((one) => one.address),
        data: Buffer.concat(pieces).toString("base64"),
      });
      done(null, "queued as N0000001");
    });
  },
});

server.listen(0, "127.0.0.1", () => say({ port: server.server.address().port }));
process.stdin.on("end", () => process.exit(0)).resume();
