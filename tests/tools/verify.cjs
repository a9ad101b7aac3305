// Says what mailauth thinks of a message. Reads {message, names} from standard input;
// `names` are the only TXT records there are.
const { authenticate } = require("mailauth");

async function main() {
  let input = "";
  for await (const piece of process.stdin) input += piece;
  const { message, names } = JSON.parse(input);

  const resolver = async (name, type) => {
    if (type === "TXT" && names[name]) return [[names[name]]];
    const error = new Error(`no ${type} of ${name}`);
    error.code = "ENOTFOUND";
    throw error;
  };

  const found = await authenticate(Buffer.from(message, "base64"), {
    ip: "127.0.0.1",
    helo: "relay.example",
    mta: "mx.example",
    sender: "bounces@elsewhere.example",
    disableArc: true,
    disableBimi: true,
    resolver,
  });
  process.stdout.write(
    JSON.stringify({
      dkim: found.dkim.results.map((result) => result.status.result),
      dmarc: found.dmarc ? found.dmarc.status.result : "none",
    }),
  );
}

main();
