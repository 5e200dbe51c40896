// Takes the place of the webjar's own, which shows a demonstration from the network.
window.onload = function () {
  // The role's own addresses begin above this page, which a proxy can have put below a path.
  const root = new URL("..", location.href).pathname;
  window.ui = SwaggerUIBundle({
    url: "../openapi.yaml",
    dom_id: "#swagger-ui",
    deepLinking: true,
    // Neither a validator in the network nor a plug-in for other addresses.
    validatorUrl: null,
    requestInterceptor: function (request) {
      const address = new URL(request.url, location.href);
      if (!request.loadSpec && address.origin === location.origin) {
        address.pathname = root + address.pathname.slice(1);
        request.url = address.href;
      }
      return request;
    },
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
};
