// Shows a mail as soon as it comes, without polling in between.
const newest = document.getElementById("mails").dataset.newest;

async function watch() {
  const answer = await fetch("/api/messages?wait=30s&after=" + encodeURIComponent(newest));
  const mails = await answer.json();
  if (mails.length > 0) {
    location.reload();
    return;
  }
  watch();
}

watch().catch(() => setTimeout(() => location.reload(), 5000));
