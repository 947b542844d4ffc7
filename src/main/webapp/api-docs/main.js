// Swagger UI on this instance's own description; nothing is asked of a validator elsewhere.
window.SwaggerUIBundle({
  url: '/openapi',
  dom_id: '#api',
  tryItOutEnabled: true,
  validatorUrl: null,
});
