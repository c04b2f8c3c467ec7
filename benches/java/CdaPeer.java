import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import javax.xml.stream.*;

/**
 * The Java peers of `cda-write` and `cda-read`: a document of ours as objects, written and read by StAX.
 *
 * Usage: java CdaPeer FILE MILLISECONDS. Prints what Clock prints.
 */
public final class CdaPeer {
    /** An element: what a model of the document would hold, without the cost of finding its field. */
    static final class Node {
        String prefix, namespace, name, text;
        String[] namespaces = {};
        String[] attributes = {};
        byte[] data;
        final List<Node> children = new ArrayList<>();
    }

    public static void main(String[] arguments) throws Exception {
        byte[] xml = Files.readAllBytes(Path.of(arguments[0]));
        long slice = Long.parseLong(arguments[1]);
        XMLInputFactory input = XMLInputFactory.newDefaultFactory();
        input.setProperty(XMLInputFactory.IS_COALESCING, true);
        input.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XMLOutputFactory output = XMLOutputFactory.newDefaultFactory();
        Node document = read(input, xml);
        XMLOutputFactory woodstox = factory("com.ctc.wstx.stax.WstxOutputFactory", XMLOutputFactory.class);
        XMLInputFactory woodstoxInput = factory("com.ctc.wstx.stax.WstxInputFactory", XMLInputFactory.class);
        Clock.race("write JDK StAX", slice, () -> {
            StringWriter out = new StringWriter(xml.length);
            XMLStreamWriter writer = output.createXMLStreamWriter(out);
            write(writer, document);
            writer.close();
            return out.toString().getBytes(StandardCharsets.UTF_8);
        });
        if (woodstox != null) {
            Clock.race("write Woodstox", slice, () -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream(xml.length);
                XMLStreamWriter writer = woodstox.createXMLStreamWriter(out, "UTF-8");
                write(writer, document);
                writer.close();
                return out;
            });
        }
        Clock.race("read JDK StAX", slice, () -> read(input, xml));
        if (woodstoxInput != null) {
            woodstoxInput.setProperty(XMLInputFactory.IS_COALESCING, true);
            woodstoxInput.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            Clock.race("read Woodstox", slice, () -> read(woodstoxInput, xml));
        }
    }

    static <T> T factory(String name, Class<T> type) {
        try {
            return type.cast(Class.forName(name).getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException missing) {
            return null;
        }
    }

    static void write(XMLStreamWriter writer, Node node) throws XMLStreamException {
        writer.writeStartElement(node.prefix, node.name, node.namespace);
        for (int i = 0; i < node.namespaces.length; i += 2) {
            if (node.namespaces[i].isEmpty()) writer.writeDefaultNamespace(node.namespaces[i + 1]);
            else writer.writeNamespace(node.namespaces[i], node.namespaces[i + 1]);
        }
        for (int i = 0; i < node.attributes.length; i += 2) writer.writeAttribute(node.attributes[i], node.attributes[i + 1]);
        if (node.data != null) writer.writeCharacters(Base64.getEncoder().encodeToString(node.data));
        else if (node.text != null) writer.writeCharacters(node.text);
        for (Node child : node.children) write(writer, child);
        writer.writeEndElement();
    }

    static Node read(XMLInputFactory factory, byte[] xml) throws XMLStreamException {
        XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
        while (reader.next() != XMLStreamConstants.START_ELEMENT) { }
        Node root = element(reader);
        reader.close();
        return root;
    }

    static Node element(XMLStreamReader reader) throws XMLStreamException {
        Node node = new Node();
        node.name = reader.getLocalName();
        node.namespace = reader.getNamespaceURI();
        node.prefix = reader.getPrefix() == null ? "" : reader.getPrefix();
        if (reader.getNamespaceCount() > 0) {
            node.namespaces = new String[2 * reader.getNamespaceCount()];
            for (int i = 0; i < reader.getNamespaceCount(); i++) {
                node.namespaces[2 * i] = reader.getNamespacePrefix(i) == null ? "" : reader.getNamespacePrefix(i);
                node.namespaces[2 * i + 1] = reader.getNamespaceURI(i);
            }
        }
        if (reader.getAttributeCount() > 0) {
            node.attributes = new String[2 * reader.getAttributeCount()];
            for (int i = 0; i < reader.getAttributeCount(); i++) {
                node.attributes[2 * i] = reader.getAttributeLocalName(i);
                node.attributes[2 * i + 1] = reader.getAttributeValue(i);
            }
        }
        for (int event = reader.next(); event != XMLStreamConstants.END_ELEMENT; event = reader.next()) {
            if (event == XMLStreamConstants.START_ELEMENT) node.children.add(element(reader));
            else if (event == XMLStreamConstants.CHARACTERS) node.text = reader.getText();
        }
        boolean isBody = node.name.equals("text") || node.name.equals("json");
        if (isBody && node.text != null) {
            node.data = Base64.getDecoder().decode(node.text);
            node.text = null;
        }
        return node;
    }
}
