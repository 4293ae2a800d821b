// What happens, line by line.
const socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/live`);
socket.onmessage = ({ data }) => {
    const line = document.createElement("li");
    line.textContent = data;
    document.getElementById("timeline").append(line);
};
