// Leave at once: the button, or Shift three times. The page goes blank before the neutral one is asked for, and takes its
// place in the history, so that Back doesn't return here.
const link = document.querySelector("a[data-leave]");
const within = 1500; // milliseconds for three presses

function leave() {
  document.documentElement.hidden = true;
  document.title = " ";
  location.replace(link.href);
}

if (link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  let presses = [];
  let alone = false;
  addEventListener("keydown", (event) => {
    if (event.repeat) return;
    alone = event.key === "Shift";
    if (!alone) presses = [];
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    presses = [...presses, event.timeStamp].filter((at) => event.timeStamp - at < within);
    if (presses.length === 3) leave();
  });
}

// A page that the browser kept aside shows nothing until the server has said who is looking.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.documentElement.hidden = true;
  location.reload();
});
