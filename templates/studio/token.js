// Sends what changes something, with the token that it must bring. A studio that was
// started anew has another one, and its pages tell it: whatever was open goes on.
const TOKEN = "meta[name=studio-token]";
let token = document.querySelector(TOKEN).content;

export async function post(address, body, headers = {}) {
  const send = () =>
    fetch(address, { method: "POST", headers: { ...headers, "X-Studio-Token": token }, body });
  const answer = await send();
  return answer.status === 403 && (await renewed()) ? send() : answer;
}

async function renewed() {
  const text = await (await fetch("/new/issue")).text();
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(TOKEN);
  if (!fresh) return false;
  token = fresh.content;
  return true;
}
