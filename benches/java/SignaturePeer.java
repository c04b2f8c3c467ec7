import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.util.*;
import javax.xml.crypto.*;
import javax.xml.crypto.dom.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.*;

/**
 * The Java peers of `c14n-sha256` and `verify`: a signed document of ours by the JDK's own javax.xml.crypto.
 *
 * Usage: java SignaturePeer FILE MILLISECONDS. Prints what Clock prints.
 */
public final class SignaturePeer {
    public static void main(String[] arguments) throws Exception {
        byte[] xml = Files.readAllBytes(Path.of(arguments[0]));
        long slice = Long.parseLong(arguments[1]);
        TransformService exclusive = TransformService.getInstance(CanonicalizationMethod.EXCLUSIVE, "DOM");
        exclusive.init((C14NMethodParameterSpec) null);
        DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
        builders.setNamespaceAware(true);
        Document method = builders.newDocumentBuilder().newDocument();
        method.appendChild(method.createElementNS(XMLSignature.XMLNS, "CanonicalizationMethod"));
        XMLCryptoContext nothing = new DOMCryptoContext() { };
        exclusive.marshalParams(new DOMStructure(method.getDocumentElement()), nothing);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Clock.race("c14n JDK", slice, () -> {
            OutputStream sink = new BufferedOutputStream(new DigestStream(digest));
            exclusive.transform(new OctetStreamData(new ByteArrayInputStream(xml)), nothing, sink);
            sink.flush();
            return digest.digest();
        });
        XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
        PublicKey key = key(builders.newDocumentBuilder().parse(new ByteArrayInputStream(xml)));
        Clock.race("verify JDK", slice, () -> {
            Document document = builders.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
            Node signature = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0);
            DOMValidateContext context = new DOMValidateContext(KeySelector.singletonKeySelector(key), signature);
            NodeList all = document.getElementsByTagNameNS("*", "*");
            for (int index = 0; index < all.getLength(); index++) {
                Element element = (Element) all.item(index);
                if (element.hasAttributeNS(null, "ID")) context.setIdAttributeNS(element, null, "ID");
            }
            if (!signatures.unmarshalXMLSignature(context).validate(context)) throw new IllegalStateException("invalid");
            return context;
        });
    }

    static PublicKey key(Document document) throws Exception {
        String base64 = document.getElementsByTagNameNS(XMLSignature.XMLNS, "X509Certificate").item(0).getTextContent();
        byte[] der = Base64.getMimeDecoder().decode(base64);
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)).getPublicKey();
    }

    /** Hashes what is written. */
    static final class DigestStream extends OutputStream {
        final MessageDigest digest;

        DigestStream(MessageDigest digest) { this.digest = digest; }

        @Override public void write(int octet) { digest.update((byte) octet); }

        @Override public void write(byte[] octets, int from, int count) { digest.update(octets, from, count); }
    }
}
